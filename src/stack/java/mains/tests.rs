use super::*;

fn of(file: &str, text: &str) -> Vec<Main> {
    let syntax = if file.ends_with(".kt") { Syntax::Kotlin } else { Syntax::Java };
    mains(&[Code { file: file.to_owned(), text: text.to_owned(), syntax }])
}

fn classes(file: &str, text: &str) -> Vec<String> {
    of(file, text).into_iter().map(|main| main.class).collect()
}

#[test]
fn main_methods_of_java_in_all_their_forms() {
    for signature in [
        "public static void main(String[] args)",
        "static public void main(final String... a) throws Exception",
        "public static final synchronized void main(String args[])",
        "@Deprecated @SuppressWarnings(\"x\") public static void main(@NonNull java.lang.String[] args)",
    ] {
        for kind in ["public class A extends B", "public enum A", "interface A", "record A(int x, List<B> y)"]
        {
            let found = of("A.java", &format!("package a.b;\n{kind} {{\n{signature} {{ }} }}"));
            let [main] = found.as_slice() else { panic!("{kind} {signature} {found:?}") };
            assert_eq!((main.class.as_str(), main.evidence.place().as_str()), ("a.b.A", "A.java:3"));
            assert!(!main.newer && !main.spring);
        }
    }
}

#[test]
fn classes_inside_others_have_their_names_joined() {
    let text = "package p; class A { void f() { x(B.class, new C() { }); } static class B { int[] y = {1}; \
                static class D {} public static void main(String[] a) {} } } class E { }";
    assert_eq!(classes("A.java", text), ["p.A$B"]);
}

#[test]
fn what_is_no_main_method_of_java() {
    for text in [
        "class A { // public static void main(String[] a) {}\n }",
        "class A { String s = \"\"\"\n public static void main(String[] a) {} \"\"\"; }",
        "class A { public static int main(String[] a) {} }",
        "class A { private static void main(String[] a) {} }",
        "class A { public static void main(String a) {} }",
        "class A { public static void main(List<String[]> a) {} }",
        "class A { public static void main(String[] a, int b) {} }",
        "class A { void f() { Other.main(new String[0]); main(); } }",
        "interface A { void main(String[] a); }",
    ] {
        assert!(of("A.java", text).is_empty(), "{text}");
    }
}

#[test]
fn starts_that_only_newer_java_knows() {
    for text in
        ["void main() {}", "class A { void main() {} }", "class A { static void main(String[] a) {} }"]
    {
        let found = of("x/A.java", text);
        assert!(matches!(found.as_slice(), [main] if main.class == "A" && main.newer), "{text} {found:?}");
    }
}

#[test]
fn spring_marks_its_own() {
    let java = "@SpringBootApplication(scanBasePackages = {\"a\"}) public class A { public static void main(String[] a) {} }\n\
                class B { public static void main(String[] a) {} }";
    let spring: Vec<bool> = of("A.java", java).iter().map(|main| main.spring).collect();
    assert_eq!(spring, [true, false]);
    let kotlin = "package p\n@SpringBootApplication\nclass App\nfun main(args: Array<String>) { runApplication<App>(*args) }";
    let found = of("App.kt", kotlin);
    assert!(found[0].spring && found[0].class == "p.AppKt");
}

#[test]
fn main_functions_of_kotlin() {
    let at = |file: &str, text: &str| classes(&format!("src/{file}"), text);
    assert_eq!(at("main.kt", "package a.b\n\nfun main() {}"), ["a.b.MainKt"]);
    assert_eq!(at("my-app.kt", "suspend fun main(args: Array<String>) = x()"), ["My_appKt"]);
    assert_eq!(at("1a.kt", "fun main(vararg args: String) {}"), ["_1aKt"]);
    assert_eq!(at("a.kt", "@file:JvmName(\"Shop\")\npackage a\nfun main() {}"), ["a.Shop"]);
    assert_eq!(
        at("a.kt", "package a\nobject X : Y({ 1 }) { @JvmStatic fun main(args: Array<String>) {} }"),
        ["a.X"]
    );
    let companion = "class X(val f: () -> Int = { 1 }) {\n fun g() { if (a) { } }\n companion object {\n @JvmStatic\n fun main(a: Array<String>) {} } }";
    assert_eq!(at("a.kt", companion), ["X"]);
    assert_eq!(at("a.kt", &companion.replace("object {", "object Start {")), ["X"]);
    let after =
        "data class P(val a: Int)\nsealed class Q : R\nobject S\nfun <T> f(x: T) = x::class\nfun main() {}";
    assert_eq!(at("a.kt", after), ["AKt"]);
}

#[test]
fn what_is_no_main_function_of_kotlin() {
    for text in [
        "class A { fun main() {} }",
        "object A { fun main(args: Array<String>) {} }",
        "private fun main() {}",
        "fun main(x: Int) {}",
        "val s = \"${ \"fun main() {}\" }\" /* /* */ fun main() {} */",
        "fun f() { fun main() {} }",
    ] {
        assert!(classes("a.kt", text).is_empty(), "{text}");
    }
}

#[test]
fn a_million_braces_end_soon() {
    let deep = format!("{}void main() {{}}", "class A { ".repeat(100_000));
    assert!(of("A.java", &deep).is_empty());
    let mains = "object A { @JvmStatic fun main(args: Array<String>) {} }\n".repeat(20_000);
    assert_eq!(classes("a.kt", &mains).len(), MOST_MAINS);
    classes("a.kt", &format!("{}fun main() {{}}", "class A ( ".repeat(50_000)));
}
