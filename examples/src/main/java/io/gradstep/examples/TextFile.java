package io.gradstep.examples;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Makes text of the bytes of a file. */
final class TextFile {
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private TextFile() {}

    /**
     * The text in UTF-8, uncompressed if the bytes begin as gzip does, whatever the file is called.
     *
     * @throws UserError if it is no such text
     */
    static String decode(String name, byte[] bytes) throws IOException {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(isGzip(bytes) ? unzipped(bytes) : bytes))
                    .toString();
            return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new UserError(name + " is not text in UTF-8. Save it as CSV in UTF-8", e);
        } catch (ZipException | EOFException e) {
            throw new UserError(
                    name + " is damaged: it begins as a gzip file but cannot be unpacked (" + e.getMessage()
                            + "). Get it again",
                    e);
        }
    }

    private static boolean isGzip(byte[] bytes) {
        return bytes.length > 2 && bytes[0] == 0x1f && bytes[1] == (byte) 0x8b;
    }

    private static byte[] unzipped(byte[] bytes) throws IOException {
        try (GZIPInputStream stream = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return stream.readAllBytes();
        }
    }
}
