//! Containers without an engine: Buildah mounts the image's files, an OCI runtime starts them.
//!
//! Source: OCI runtime specification, config.md and config-linux.md.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Engine;
use super::container::{PROCESSES, Start};
use super::process::{Deadline, End, Task};
use crate::failure::Failure;
use crate::image::{Config, Description};

/// Runtimes that are looked for, in this order.
const RUNTIMES: &[&str] = &["crun", "runc"];

/// What `buildah inspect` tells of an image.
#[derive(Deserialize)]
struct Inspected {
    #[serde(rename = "OCIv1")]
    oci: Description,
}

impl Engine {
    /// The digests of the layers of an image of Buildah's.
    pub(super) fn buildah_layers(&self, image: &str) -> Result<Vec<String>> {
        Ok(self.inspected(image)?.rootfs.diff_ids)
    }

    fn inspected(&self, image: &str) -> Result<Description> {
        let told = self.ask(&["inspect", "--type", "image", image])?;
        let told: Inspected = serde_json::from_str(&told).context("what `buildah inspect` tells")?;
        Ok(told.oci)
    }

    /// A runtime that answers.
    pub(super) fn runtime(&self) -> Result<PathBuf> {
        for name in RUNTIMES {
            let version = Task::new(name.as_ref(), ["--version"]).start(None);
            let Ok(mut running) = version else { continue };
            if running.wait(Deadline::after(self.patience))? == End::Exited(0) {
                return Ok(PathBuf::from(name));
            }
        }
        Err(Failure::failed("Buildah builds images, but nothing here starts them")
            .help(format!("install one of {}, or Podman", RUNTIMES.join(", ")))
            .into())
    }

    /// Mounts an image and describes its container; the call that starts it.
    pub(super) fn bundle(&self, name: &str, start: &Start<'_>) -> Result<Task> {
        if let Some(port) = start.port {
            refuse_taken(port)?;
        }
        let runtime = self.runtime()?;
        self.guard.note("runtime", &runtime.to_string_lossy());
        self.ask(&["from", "--pull-never", "--name", name, start.image])?;
        let root = self.ask(&["mount", name]).map_err(|error| {
            let failure = Failure::failed(format!("{error:#}"));
            failure.help("only root can mount what Buildah builds; Podman works without")
        })?;
        let config = self.inspected(start.image)?.config.unwrap_or_default();
        let bundle = self.scratch.join(name);
        self.write_bundle(&bundle, &description(root.trim(), &config, start)?)?;
        let bundle = bundle.to_string_lossy().into_owned();
        Ok(Task::new(&runtime, ["run", "--bundle", &bundle, name]))
    }

    #[expect(clippy::disallowed_methods, reason = "a run's own folder is no repository")]
    fn write_bundle(&self, folder: &std::path::Path, description: &Value) -> Result<()> {
        std::fs::create_dir_all(folder)?;
        Ok(std::fs::write(folder.join("config.json"), description.to_string())?)
    }

    /// The first process of a container.
    pub(super) fn bundle_process(&self, name: &str) -> Option<u32> {
        let mut running = Task::new(&self.runtime().ok()?, ["state", name]).start(None).ok()?;
        running.wait(Deadline::after(self.patience)).ok()?;
        let state: Value = serde_json::from_str(&running.stdout()).ok()?;
        u32::try_from(state["pid"].as_u64()?).ok()
    }

    /// Sends a signal to a container's first process.
    pub(super) fn bundle_signal(&self, name: &str, signal: &str) -> Result<()> {
        let mut running = Task::new(&self.runtime()?, ["kill", name, signal]).start(None)?;
        running.wait(Deadline::after(self.patience)).map(drop)
    }
}

/// Such containers share this machine's ports.
fn refuse_taken(port: u16) -> Result<()> {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    match TcpStream::connect_timeout(&address, Duration::from_secs(1)) {
        Ok(_) => Err(Failure::failed(format!(
            "port {port} of this machine is in use, and containers without an engine share its ports"
        ))
        .help("stop what listens there, or use Docker or Podman: `--engine podman`")
        .into()),
        Err(_) => Ok(()),
    }
}

/// The container as an OCI runtime wants to be told of it.
fn description(root: &str, config: &Config, start: &Start<'_>) -> Result<Value> {
    // Only what a number says is certain before the image's own list is read.
    let users = BTreeMap::from([("nonroot".to_owned(), (65532, 65532))]);
    let owner = config.owner(&users).ok_or_else(|| {
        Failure::failed(format!("the image's user `{}` has no number that is known here", config.user))
            .help("write it in numbers: `USER 65532:65532`")
    })?;
    let mut words = config.entrypoint.clone();
    words.extend(if start.arguments.is_empty() { config.cmd.clone() } else { start.arguments.clone() });
    let mut env = config.env.clone();
    env.extend(start.env.iter().map(|(name, value)| format!("{name}={value}")));
    let workdir = if config.working_dir.is_empty() { "/" } else { &config.working_dir };
    let mount = |target: &str, kind: &str, options: &[&str]| json!({"destination": target, "type": kind, "source": kind, "options": options});
    let mut resources = json!({"pids": {"limit": PROCESSES}});
    if let Some(memory) = start.memory {
        let bytes =
            bytes(memory).ok_or_else(|| Failure::usage(format!("`{memory}` is no size of a memory")))?;
        resources["memory"] = json!({"limit": bytes, "swap": bytes});
    }
    Ok(json!({
        "ociVersion": "1.0.2",
        "process": {
            "user": {"uid": owner.0, "gid": owner.1},
            "args": words,
            "env": env,
            "cwd": workdir,
            "noNewPrivileges": true,
            "capabilities": {"bounding": [], "effective": [], "permitted": [], "inheritable": [], "ambient": []},
        },
        "root": {"path": root, "readonly": start.read_only},
        "hostname": "distrogen",
        "mounts": [
            mount("/proc", "proc", &[]),
            mount("/dev", "tmpfs", &["nosuid", "strictatime", "mode=755", "size=65536k"]),
            mount("/dev/pts", "devpts", &["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"]),
            mount("/dev/shm", "tmpfs", &["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]),
            mount("/sys", "sysfs", &["nosuid", "noexec", "nodev", "ro"]),
            mount("/tmp", "tmpfs", &["nosuid", "nodev", "mode=1777"]),
        ],
        "linux": {
            "namespaces": [{"type": "pid"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"}],
            "resources": resources,
            "maskedPaths": ["/proc/kcore", "/proc/keys", "/proc/timer_list", "/sys/firmware"],
            "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
        },
    }))
}

/// A size in the notation of engines, such as `512m`, in bytes.
fn bytes(text: &str) -> Option<u64> {
    let text = text.trim_end_matches(['b', 'B']);
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor: u64 = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" => 1,
        "k" => 1 << 10,
        "m" => 1 << 20,
        "g" => 1 << 30,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_has_no_rights_but_those_of_its_user() {
        let config = Config {
            user: "65532:65532".to_owned(),
            entrypoint: vec!["/app".to_owned()],
            cmd: vec!["serve".to_owned()],
            ..Config::default()
        };
        let start = Start { read_only: true, memory: Some("64m"), ..Start::default() };
        let told = description("/root", &config, &start).unwrap();
        assert_eq!(told["process"]["args"], json!(["/app", "serve"]));
        assert_eq!(told["process"]["user"], json!({"uid": 65532, "gid": 65532}));
        assert_eq!(
            (&told["root"]["readonly"], &told["process"]["noNewPrivileges"]),
            (&json!(true), &json!(true))
        );
        assert_eq!(told["process"]["capabilities"]["bounding"], json!([]));
        assert_eq!(told["linux"]["resources"]["memory"]["limit"], 64 << 20);
        let other = Start { arguments: vec!["x".to_owned()], ..Start::default() };
        assert_eq!(description("/", &config, &other).unwrap()["process"]["args"], json!(["/app", "x"]));
        let stranger = Config { user: "somebody".to_owned(), ..Config::default() };
        assert!(description("/", &stranger, &start).is_err());
    }

    #[test]
    fn sizes_are_read_as_engines_read_them() {
        assert_eq!(
            [bytes("512m"), bytes("1G"), bytes("10"), bytes("2kb")],
            [Some(512 << 20), Some(1 << 30), Some(10), Some(2048)]
        );
        assert_eq!([bytes("x"), bytes(""), bytes("1t"), bytes("99999999999g")], [None; 4]);
    }
}
