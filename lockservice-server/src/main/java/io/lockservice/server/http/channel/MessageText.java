package io.lockservice.server.http.channel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;

/** The text of a message, put together from pieces that are JSON already. Not thread-safe. */
final class MessageText {
    private static final String HEX = "0123456789abcdef";
    private static final int FIRST_NOT_ASCII = 0x80;

    private byte[] bytes;
    private int length;

    /** Empty text with room for so many bytes; it grows where that is not enough. */
    MessageText(int capacity) {
        bytes = new byte[capacity];
    }

    /** Adds ASCII as it is. */
    MessageText plain(String ascii) {
        int chars = ascii.length();
        makeRoom(chars);
        for (int i = 0; i < chars; i++) {
            bytes[length++] = (byte) ascii.charAt(i);
        }
        return this;
    }

    /** Adds a number that is not negative. */
    MessageText number(long number) {
        int digits = 1;
        for (long left = number / 10; left > 0; left /= 10) {
            digits++;
        }
        makeRoom(digits);
        length += digits;
        long left = number;
        for (int at = length - 1; at >= length - digits; at--) {
            bytes[at] = (byte) ('0' + left % 10);
            left /= 10;
        }
        return this;
    }

    /** Adds a JSON string; what is not ASCII is escaped. */
    MessageText quoted(CharSequence text) {
        int chars = text.length();
        makeRoom(2 + chars);
        bytes[length++] = '"';
        for (int i = 0; i < chars; i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                makeRoom(2 + chars - i);
                bytes[length++] = '\\';
                bytes[length++] = (byte) c;
            } else if (c < ' ' || c >= FIRST_NOT_ASCII) {
                makeRoom(7 + chars - i);
                escape(c);
            } else {
                bytes[length++] = (byte) c;
            }
        }
        bytes[length++] = '"';
        return this;
    }

    private void escape(char c) {
        bytes[length++] = '\\';
        bytes[length++] = 'u';
        for (int shift = 12; shift >= 0; shift -= 4) {
            bytes[length++] = (byte) HEX.charAt((c >> shift) & 0xF);
        }
    }

    /** Adds bytes that are JSON. */
    MessageText json(Buffer json) {
        makeRoom(json.length());
        json.getBytes(bytes, length);
        length += json.length();
        return this;
    }

    /** Adds ASCII as it is. */
    MessageText plain(byte[] ascii) {
        makeRoom(ascii.length);
        System.arraycopy(ascii, 0, bytes, length, ascii.length);
        length += ascii.length;
        return this;
    }

    /** How long it is so far, in bytes. */
    int length() {
        return length;
    }

    /** The whole text, which is not added to any more. */
    ByteBuf whole() {
        return Unpooled.wrappedBuffer(bytes, 0, length);
    }

    private void makeRoom(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }
}
