//! A script as statements: names, what they are called with, and the blocks that they open.

use super::lexer::Piece;

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    pub line: usize,
    /// `a.b("c") { ... }`, a link each; for `id "x" version "y"` too.
    pub links: Vec<Link>,
    /// What stands after `=`, or after `by` where a name is declared.
    pub value: Option<Expr>,
    /// Whether it declares a name (`val`, `def`).
    pub declares: bool,
    /// Whether the block or statement runs under a condition or in a loop.
    pub guarded: bool,
}

/// A name, and what it is called with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    pub name: String,
    /// `named<Jar>`: the names of the types, without their packages.
    pub types: Vec<String>,
    pub args: Vec<Arg>,
    pub block: Option<Block>,
}

/// An argument, or an entry of a list or map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arg {
    pub name: Option<String>,
    pub value: Expr,
}

/// What stands in braces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    pub statements: Vec<Statement>,
    /// Whether it unpacks archives into what it makes.
    pub unpacks: bool,
}

/// A value, as far as it is written plainly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    Text(Vec<Piece>),
    Number(String),
    Chain(Vec<Link>),
    /// Calls on a value that is no name: `"17".toInt()`.
    On(Box<Expr>, Vec<Link>),
    List(Vec<Arg>),
    Block(Block),
    /// `a ?: b`.
    Either(Vec<Expr>),
    /// `a + b`.
    Sum(Vec<Expr>),
    /// Any other computation, with the values in it.
    Other(Vec<Expr>),
}

impl Link {
    /// A name alone.
    pub fn new(name: impl Into<String>) -> Self {
        Link { name: name.into(), ..Link::default() }
    }

    /// The argument of this name.
    pub fn named(&self, name: &str) -> Option<&Expr> {
        self.args.iter().find(|arg| arg.name.as_deref() == Some(name)).map(|arg| &arg.value)
    }

    /// The first argument without a name.
    pub fn first(&self) -> Option<&Expr> {
        self.args.iter().find(|arg| arg.name.is_none()).map(|arg| &arg.value)
    }

    /// The first argument, where it is a string without code.
    pub fn literal(&self) -> Option<&str> {
        self.first().and_then(Expr::literal)
    }
}

impl Expr {
    /// The string that this is, where no code stands in it.
    pub fn literal(&self) -> Option<&str> {
        match self {
            Expr::Text(pieces) => match pieces.as_slice() {
                [Piece::Plain(text)] => Some(text),
                _ => None,
            },
            _ => None,
        }
    }

    /// The links of a chain.
    pub fn links(&self) -> Option<&[Link]> {
        match self {
            Expr::Chain(links) => Some(links),
            _ => None,
        }
    }

    /// The name of the type that `Jar`, `a.b.Jar`, `Jar::class` and `Jar::class.java` mean.
    pub fn type_name(&self) -> Option<&str> {
        let named = self.links()?.iter().rev().find(|link| !matches!(link.name.as_str(), "class" | "java"));
        named.map(|link| link.name.as_str()).filter(|name| name.starts_with(char::is_uppercase))
    }
}
