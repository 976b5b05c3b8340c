//! How the program that serves a site is set up: its variables, its rules, and where its files are.

use super::Site;
use crate::catalog::SiteServer;
use crate::plan::Env;

/// The stage that serves, without the words of a Dockerfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::stack::node) struct Serving {
    /// The image that the program is copied from, where it is there, and where it goes.
    pub image: String,
    pub from: String,
    pub program: &'static str,
    /// The folder that the built files go to.
    pub files: String,
    pub env: Vec<Env>,
    /// The lines of its configuration, and the file that holds them.
    pub config: Vec<String>,
    pub config_file: &'static str,
    pub entrypoint: Vec<String>,
}

/// Where the program is.
const PROGRAM: &str = "/usr/local/bin/static-web-server";

/// What it serves, and what it reads.
const ROOT: &str = "/public";
const CONFIG: &str = "/etc/static-web-server.toml";

/// What a file may do in caches: to be kept for good, or to be asked for each time.
const FOREVER: &str = "public, max-age=31536000, immutable";
const ASKED: &str = "no-cache";

/// The stage that serves a site on a port.
pub(in crate::stack::node) fn serve(site: &Site, port: u16, server: &SiteServer) -> Serving {
    Serving {
        image: server.image.clone(),
        from: server.program.clone(),
        program: PROGRAM,
        files: format!("{ROOT}{}", site.base),
        env: env(site, port),
        config: config(site),
        config_file: CONFIG,
        entrypoint: vec![PROGRAM.to_owned()],
    }
}

fn env(site: &Site, port: u16) -> Vec<Env> {
    let page = format!("{ROOT}{}{}", site.base, site.page);
    let mut env = vec![
        Env::new("SERVER_PORT", port.to_string()),
        Env::new("SERVER_ROOT", ROOT),
        Env::new("SERVER_CONFIG_FILE", CONFIG),
    ];
    if site.single_page {
        env.push(Env::new("SERVER_FALLBACK_PAGE", page));
    } else {
        env.push(Env::new("SERVER_ERROR_PAGE_404", page));
    }
    env.push(Env::new("SERVER_IGNORE_HIDDEN_FILES", (!site.has_well_known).to_string()));
    if !site.hashed.is_empty() {
        // Without it, rules cannot tell a file that is there from one that is not.
        env.push(Env::new("SERVER_REDIRECT_TRAILING_SLASH", "false"));
    }
    if site.is_compressed {
        env.push(Env::new("SERVER_COMPRESSION_STATIC", "true"));
    }
    env
}

/// Rules, of which the last that fits counts. A path is matched with the name of the file that answers it put
/// behind it, where there is one: what is not there is never kept.
fn config(site: &Site) -> Vec<String> {
    let mut lines = header("*", ASKED);
    for pattern in &site.hashed {
        let path = format!("{}{}", site.base, pattern.trim_start_matches('/'));
        let source = if path.ends_with('/') { format!("{path}*.*/*.*") } else { format!("{path}/*.*") };
        lines.extend(header(&source, FOREVER));
    }
    if site.base != "/" {
        lines.push("[[advanced.redirects]]".to_owned());
        lines.push("source = \"/\"".to_owned());
        lines.push(format!("destination = \"{}\"", site.base));
        lines.push("kind = 302".to_owned());
    }
    lines
}

fn header(source: &str, value: &str) -> Vec<String> {
    vec![
        "[[advanced.headers]]".to_owned(),
        format!("source = \"{source}\""),
        format!("headers = {{ Cache-Control = \"{value}\" }}"),
    ]
}
