package io.lockservice.client.transport.channel;

/** How long texts are as they are sent. */
final class Utf8 {
    private static final int ONE_BYTE = 0x80;
    private static final int TWO_BYTES = 0x800;

    private Utf8() {}

    /** The bytes of {@code text}, as Java encodes it: half of a surrogate pair becomes a question mark. */
    static int length(String text) {
        int bytes = text.length();
        for (int i = 0; i < text.length(); i++) {
            char each = text.charAt(i);
            if (each < ONE_BYTE) {
                continue;
            }
            boolean isPair = Character.isHighSurrogate(each)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (isPair) {
                bytes += 2;
                i++;
            } else if (each >= TWO_BYTES && !Character.isSurrogate(each)) {
                bytes += 2;
            } else if (!Character.isSurrogate(each)) {
                bytes += 1;
            }
        }
        return bytes;
    }
}
