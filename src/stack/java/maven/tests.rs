#[test]
fn corpus() {
    let Ok(list) = std::env::var("POMS") else { return };
    for folder in list.split_whitespace() {
        let repo = crate::repo::Repo::open(std::path::Path::new(folder)).unwrap();
        let begun = std::time::Instant::now();
        match super::read(&repo) {
            Ok(Some(build)) => {
                println!("== {folder} {:?}", begun.elapsed());
                println!(
                    "   refused {:?}\n   wrapper {:?}\n   private {:?} settings {:?}\n   warnings {:?}",
                    build.refused.map(|s| (s.reason, s.help)),
                    build.wrapper.map(|w| (w.form, w.windows, w.maven)),
                    build.private.iter().map(|p| (p.place(), p.says.clone())).collect::<Vec<_>>(),
                    build.settings,
                    build.warnings
                );
                for note in &build.notes {
                    println!(
                        "   note {} {} {:?} {:?}",
                        note.plugin,
                        note.evidence.place(),
                        note.arguments,
                        note.warning
                    );
                }
                for note in &build.front_ends {
                    println!("   front {:?}", note);
                }
                for m in &build.modules {
                    println!(
                        "  - {:?} {} java {:?} deps {}",
                        m.folder,
                        m.name,
                        m.java.as_ref().map(|a| (
                            a.release,
                            a.exact,
                            a.evidence.place(),
                            a.evidence.says.clone()
                        )),
                        m.dependencies.len()
                    );
                    match &m.makes {
                        super::super::module::Makes::Application(a) => println!(
                            "      APP {:?} {:?} {:?} {:?} {:?} {:?}",
                            a.framework,
                            a.version.as_ref().map(|v| v.to_string()),
                            a.shape,
                            a.output,
                            a.tasks,
                            a.evidence
                                .iter()
                                .map(|e| format!("{} {}", e.place(), e.says))
                                .collect::<Vec<_>>()
                        ),
                        super::super::module::Makes::Library(why) => println!("      lib {why}"),
                        super::super::module::Makes::Refused(s) => {
                            println!("      REFUSED {} // {:?}", s.reason, s.help)
                        }
                    }
                }
            }
            Ok(None) => println!("== {folder} none"),
            Err(error) => println!("== {folder} ERROR {error}"),
        }
    }
}
