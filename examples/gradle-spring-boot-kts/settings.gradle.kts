dependencyResolutionManagement {
    repositories {
        mavenCentral()
    }
}

rootProject.name = "counter"
