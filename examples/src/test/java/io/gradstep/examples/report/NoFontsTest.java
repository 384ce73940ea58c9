package io.gradstep.examples.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class NoFontsTest {
    /** What the other JVM runs. */
    static final class DrawOne {
        private DrawOne() {}

        public static void main(String[] arguments) {
            try {
                Pictures.png(
                        new LineChart("a", "A", Axis.linear("x"), Axis.linear("y"), List.of()),
                        Theme.LIGHT,
                        Width.PHONE);
                System.out.print("drawn");
            } catch (PicturesUnavailable unavailable) {
                System.out.print(unavailable.getMessage());
            }
        }
    }

    /** Only there fonts are found by fontconfig, which can be told that there are none. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void without_a_font_the_error_says_what_to_install(@TempDir Path folder) throws Exception {
        Path config = Files.writeString(
                folder.resolve("fonts.conf"),
                "<?xml version=\"1.0\"?><fontconfig><dir>" + folder + "</dir></fontconfig>");
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.awt.headless=true",
                // Java keeps what it found out about fonts in the user's home.
                "-Duser.home=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                DrawOne.class.getName());
        java.environment().put("FONTCONFIG_FILE", config.toString());
        java.redirectErrorStream(true);
        Process process = java.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(output).contains("cannot draw text").contains("install fontconfig and a font");
    }
}
