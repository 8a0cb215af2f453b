package io.pawline.mattingmodel;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Makes small models, in <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">ONNX's format</a>, so that
 * tests need no file from elsewhere.
 */
public final class TestingModels {

    private static final int FLOAT = 1;
    private static final int INTS = 7;
    private static final int INT = 2;

    private TestingModels() {}

    /** A model that takes what is bright for the subject: its saliency is the mean of the three channels. */
    public static byte[] brightness(int side) {
        return model(side, "ReduceMean", 1);
    }

    /** A model whose input leaves height and width open. */
    public static byte[] brightnessOfAnySize() {
        return model(0, "ReduceMean", 1);
    }

    /** A model of one operation that ONNX Runtime does not know. */
    public static byte[] ofAnUnknownOperation() {
        return model(16, "Nonsense", 1);
    }

    /** The brightness model as a file in this folder. */
    public static Path brightnessIn(Path folder) {
        try {
            return Files.write(folder.resolve("brightness.onnx"), brightness(32));
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    private static byte[] model(int side, String operation, int axis) {
        Message graph = new Message()
                .with(1, node(operation, axis))
                .with(2, "tiny")
                .with(11, value("picture", 1, 3, side, side))
                .with(12, value("saliency", 1, 1, side, side));
        return new Message()
                .with(1, 8)
                .with(7, graph)
                .with(8, new Message().with(2, 13))
                .bytes();
    }

    private static Message node(String operation, int axis) {
        Message along = new Message().with(1, "axes").with(8, axis).with(20, INTS);
        return new Message()
                .with(1, "picture")
                .with(2, "saliency")
                .with(4, operation)
                .with(5, along)
                .with(5, new Message().with(1, "keepdims").with(3, 1).with(20, INT));
    }

    /** @param sides 0: open */
    private static Message value(String name, int... sides) {
        Message shape = new Message();
        for (int side : sides) {
            shape.with(1, side > 0 ? new Message().with(1, side) : new Message().with(2, "open"));
        }
        Message tensor = new Message().with(1, FLOAT).with(2, shape);
        return new Message().with(1, name).with(2, new Message().with(1, tensor));
    }

    /** Writes a message of protocol buffers field by field. */
    private static final class Message {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Message with(int field, int value) {
            number(field << 3);
            number(value);
            return this;
        }

        Message with(int field, String text) {
            return with(field, text.getBytes(StandardCharsets.UTF_8));
        }

        Message with(int field, Message message) {
            return with(field, message.bytes());
        }

        private Message with(int field, byte[] content) {
            number(field << 3 | 2);
            number(content.length);
            bytes.writeBytes(content);
            return this;
        }

        private void number(int value) {
            int rest = value;
            while (rest >= 128) {
                bytes.write((rest & 127) | 128);
                rest >>>= 7;
            }
            bytes.write(rest);
        }

        byte[] bytes() {
            return bytes.toByteArray();
        }
    }
}
