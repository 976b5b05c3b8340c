import { Injectable, NotFoundException } from '@nestjs/common';

export interface Book {
  id: number;
  title: string;
  lent: boolean;
}

@Injectable()
export class BooksService {
  private readonly books: Book[] = [
    { id: 1, title: 'Middlemarch', lent: false },
    { id: 2, title: 'Kidnapped', lent: true },
  ];

  all(): Book[] {
    return this.books;
  }

  one(id: number): Book {
    const book = this.books.find((book) => book.id === id);
    if (!book) {
      throw new NotFoundException(`no book ${id}`);
    }
    return book;
  }
}
