//! The engines that are known, and how their command lines differ.

/// A kind of container engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Docker,
    Podman,
    /// Builds only; a runtime beside it starts the containers.
    Buildah,
}

impl Family {
    /// Every kind, in the order that they are tried in.
    pub const ALL: &[Family] = &[Family::Docker, Family::Podman, Family::Buildah];

    /// The program's usual name.
    pub fn program(self) -> &'static str {
        match self {
            Family::Docker => "docker",
            Family::Podman => "podman",
            Family::Buildah => "buildah",
        }
    }

    /// The kind of which this name, or `--version` text, speaks.
    pub fn of(text: &str) -> Option<Family> {
        // A program called docker may be podman; then its version says so.
        [Family::Podman, Family::Buildah, Family::Docker]
            .into_iter()
            .find(|family| text.to_ascii_lowercase().contains(family.program()))
    }

    /// Whether images are built from intermediate images that stay behind.
    pub fn leaves_layers(self) -> bool {
        self != Family::Docker
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_text_outranks_the_name() {
        assert_eq!(Family::of("Docker version 28.2.2, build e6534b4"), Some(Family::Docker));
        assert_eq!(Family::of("podman version 4.3.1"), Some(Family::Podman));
        assert_eq!(Family::of("buildah version 1.28.2 (image-spec 1.1.0-rc2)"), Some(Family::Buildah));
        assert_eq!(Family::of("nerdctl version 2.0"), None);
    }
}
