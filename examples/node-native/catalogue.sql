create table picture (name text primary key, title text not null);
insert into picture values ('harbour', 'The harbour at dawn'), ('mill', 'The old mill');
