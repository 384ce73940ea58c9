package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AtomicFileTest {
    @TempDir
    private Path folder;

    @Test
    void pieces_are_written_one_after_the_other() throws IOException {
        Path file = folder.resolve("file");
        AtomicFile.write(file, List.of(piece("one"), piece(""), piece("two")));
        assertThat(file).hasContent("onetwo");
        assertThat(names()).containsExactly("file");
    }

    @Test
    void a_longer_old_file_leaves_nothing_behind() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "a long old content");
        AtomicFile.write(file, List.of(piece("new")));
        assertThat(file).hasContent("new");
    }

    @Test
    void content_may_go_back_and_look_at_what_it_wrote() throws IOException {
        Path file = folder.resolve("file");
        AtomicFile.write(file, channel -> {
            channel.write(bytes("body"), 4);
            ByteBuffer read = ByteBuffer.allocate(4);
            channel.read(read, 4);
            channel.write(read.flip(), 0);
        });
        assertThat(file).hasContent("bodybody");
    }

    @Test
    void until_everything_is_written_the_old_file_is_there_and_the_new_one_hidden_beside_it() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "old");
        AtomicFile.write(file, channel -> {
            channel.write(bytes("new"));
            assertThat(file).hasContent("old");
            assertThat(names()).hasSize(2).anyMatch(name -> name.matches("\\.file\\..+\\.tmp"));
        });
        assertThat(file).hasContent("new");
    }

    @Test
    void a_new_file_has_the_permissions_of_any_new_file() throws IOException {
        assumePosix();
        Path usual = Files.createFile(folder.resolve("usual"));
        Path file = folder.resolve("file");
        AtomicFile.write(file, List.of());
        assertThat(permissions(file)).isEqualTo(permissions(usual));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "rw-rw-rw-", "rwxr-x--x", "rw-r--r--"})
    void the_permissions_of_the_old_file_are_kept_and_never_wider(String kept) throws IOException {
        assumePosix();
        Path file = Files.createFile(folder.resolve("file"));
        Set<PosixFilePermission> permissions = PosixFilePermissions.fromString(kept);
        Files.setPosixFilePermissions(file, permissions);
        AtomicFile.write(file, channel -> {
            for (String name : names()) {
                assertThat(permissions(folder.resolve(name))).isEqualTo(permissions);
            }
        });
        assertThat(permissions(file)).isEqualTo(permissions);
    }

    @ParameterizedTest
    @ValueSource(strings = {"real/file", "real/../real/file", "second"})
    void a_link_stays_a_link(String to) throws IOException {
        Path real = Files.createDirectory(folder.resolve("real"));
        Path file = Files.writeString(real.resolve("file"), "old");
        link("second", "real/file");
        Path link = link("link", to);
        AtomicFile.write(link, List.of(piece("new")));
        assertThat(Files.readSymbolicLink(link)).isEqualTo(Path.of(to));
        assertThat(file).isRegularFile().hasContent("new");
        assertThat(names()).containsExactlyInAnyOrder("link", "real", "second");
    }

    @Test
    void a_link_to_a_file_that_does_not_exist_yet_makes_it_exist() throws IOException {
        Path link = link("link", "file");
        AtomicFile.write(link, List.of(piece("new")));
        assertThat(link).isSymbolicLink();
        assertThat(folder.resolve("file")).isRegularFile().hasContent("new");
    }

    @Test
    void a_link_to_itself_is_refused() throws IOException {
        Path link = link("link", "other");
        link("other", "link");
        assertThatExceptionOfType(FileSystemLoopException.class)
                .isThrownBy(() -> AtomicFile.write(link, List.of()))
                .withMessageContaining(link.toString());
    }

    @Test
    void a_relative_target_is_one_in_the_working_directory() throws IOException {
        Path file = folder.resolve("file");
        AtomicFile.write(Path.of("").toAbsolutePath().relativize(file), List.of(piece("new")));
        assertThat(file).hasContent("new");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "é", "𝕏"})
    void a_name_may_be_as_long_as_names_may_be(String letter) throws IOException {
        String name = letter.repeat(255 / bytes(letter).remaining());
        AtomicFile.write(folder.resolve(name), List.of(piece("new")));
        assertThat(names()).containsExactly(name);
    }

    /** How writing the content may fail. */
    enum Failure implements AtomicFile.Content {
        DISK {
            @Override
            public void writeTo(FileChannel channel) throws IOException {
                channel.write(bytes("half of the ne"));
                throw new IOException("No space left on device");
            }
        },
        UNCHECKED {
            @Override
            public void writeTo(FileChannel channel) {
                throw new IllegalStateException();
            }
        },
        ERROR {
            @Override
            public void writeTo(FileChannel channel) {
                throw new OutOfMemoryError();
            }
        },
        INTERRUPTED {
            @Override
            public void writeTo(FileChannel channel) throws IOException {
                Thread.currentThread().interrupt();
                channel.write(bytes("new"));
            }
        },
        CLOSED {
            @Override
            public void writeTo(FileChannel channel) throws IOException {
                channel.close();
            }
        },
        TOO_SHORT {
            @Override
            public void writeTo(FileChannel channel) throws IOException {
                Pieces.write(List.of(piece("one"), new GivenPiece(4, new byte[3])), channel);
            }
        },
        TOO_LONG {
            @Override
            public void writeTo(FileChannel channel) throws IOException {
                Pieces.write(List.of(new GivenPiece(2, new byte[3])), channel);
            }
        },
    }

    @ParameterizedTest
    @EnumSource
    void after_a_failure_everything_is_as_before(Failure failure) throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "old");
        assertThatThrownBy(() -> AtomicFile.write(file, failure));
        assertThat(Thread.interrupted()).isEqualTo(failure == Failure.INTERRUPTED);
        assertThat(file).hasContent("old");
        assertThat(names()).containsExactly("file");
        assertThatThrownBy(() -> AtomicFile.write(folder.resolve("new"), failure));
        assertThat(Thread.interrupted()).isEqualTo(failure == Failure.INTERRUPTED);
        assertThat(names()).containsExactly("file");
    }

    @Test
    void a_piece_of_another_size_than_announced_is_named() {
        assertThatThrownBy(() ->
                        AtomicFile.write(folder.resolve("file"), List.of(piece("one"), new GivenPiece(4, new byte[3]))))
                .hasMessage("Piece 1 of 2 announced 4 bytes and wrote 3");
    }

    @Test
    void a_directory_is_not_replaced() throws IOException {
        Path directory = Files.createDirectory(folder.resolve("directory"));
        for (Path target : List.of(directory, link("link", "directory"), directory.getRoot())) {
            assertThatExceptionOfType(FileSystemException.class)
                    .isThrownBy(() -> AtomicFile.write(target, List.of()))
                    .withMessageEndingWith("Is a directory. Name a file in it");
        }
    }

    @Test
    void directories_are_not_made() {
        Path file = folder.resolve("missing").resolve("file");
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> AtomicFile.write(file, List.of()))
                .withMessage(file + ": There is no directory " + file.getParent() + ". Create it first");
    }

    /** As devices are none. */
    @Test
    void what_is_not_a_regular_file_is_not_replaced() throws IOException {
        Path socket = folder.resolve("socket");
        try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.bind(UnixDomainSocketAddress.of(socket));
            assertThatExceptionOfType(FileSystemException.class)
                    .isThrownBy(() -> AtomicFile.write(socket, List.of()))
                    .withMessageContaining("Is not a regular file");
        }
    }

    @Test
    void a_write_protected_file_is_not_replaced() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "old");
        assumeProtected(file);
        assertThatExceptionOfType(AccessDeniedException.class)
                .isThrownBy(() -> AtomicFile.write(file, List.of()))
                .withMessage(file + ": Is write-protected. Choose another file");
        assertThat(file).hasContent("old");
    }

    @Test
    void without_permission_for_the_directory_nothing_is_written() throws IOException {
        Path directory = Files.createDirectory(folder.resolve("directory"));
        Path file = Files.writeString(directory.resolve("file"), "old");
        assumeProtected(directory);
        try {
            assertThatExceptionOfType(AccessDeniedException.class)
                    .isThrownBy(() -> AtomicFile.write(file, List.of()))
                    .withMessageStartingWith(file + ": No permission to create a file in " + directory);
            assertThat(file).hasContent("old");
        } finally {
            assertThat(directory.toFile().setWritable(true)).isTrue();
        }
    }

    /** An administrator may write everything. */
    private static void assumeProtected(Path path) {
        assumeThat(path.toFile().setWritable(false)).isTrue();
        assumeThat(Files.isWritable(path)).isFalse();
    }

    private void assumePosix() {
        assumeThat(folder.getFileSystem().supportedFileAttributeViews()).contains("posix");
    }

    private static Set<PosixFilePermission> permissions(Path file) throws IOException {
        return Files.getPosixFilePermissions(file);
    }

    private Path link(String name, String target) throws IOException {
        return Files.createSymbolicLink(folder.resolve(name), Path.of(target));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static Piece piece(String content) {
        return new GivenPiece(bytes(content).array());
    }

    private static ByteBuffer bytes(String content) {
        return ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void the_group_of_the_old_file_is_that_of_the_new_one() throws IOException {
        Path target = Files.writeString(folder.resolve("file"), "old");
        PosixFileAttributeView view = Files.getFileAttributeView(target, PosixFileAttributeView.class);
        assumeThat(view).isNotNull();
        GroupPrincipal other = anotherGroup(view);
        assumeThat(other).as("a group to give a file to").isNotNull();

        AtomicFile.write(target, List.of(piece("new")));

        assertThat(Files.readAttributes(target, PosixFileAttributes.class).group())
                .isEqualTo(other);
        assertThat(target).hasContent("new");
    }

    /** Given to the file; null if there is none. */
    private GroupPrincipal anotherGroup(PosixFileAttributeView view) throws IOException {
        GroupPrincipal own = view.readAttributes().group();
        for (String name : new String[] {"daemon", "users", "staff"}) {
            try {
                GroupPrincipal other =
                        folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(name);
                if (!other.equals(own)) {
                    view.setGroup(other);
                    return other;
                }
            } catch (IOException unknownOrForbidden) {
                // Perhaps the next.
            }
        }
        return null;
    }
}
