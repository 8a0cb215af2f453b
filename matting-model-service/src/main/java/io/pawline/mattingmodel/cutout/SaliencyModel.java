package io.pawline.mattingmodel.cutout;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * Finds the subject of pictures with a model in ONNX, such as <a href="https://arxiv.org/abs/2005.09007">U²-Net</a>. The
 * model takes one picture as 1 x 3 x height x width floats. Its first output is the saliency as 1 x 1 x height x width
 * floats. Thread-safe; each picture is looked at on the thread of the caller alone.
 */
public final class SaliencyModel implements AutoCloseable {

    private static final int MOST_SIDE = 2048;

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final Normalisation normalisation;
    private final String input;
    private final String output;
    private final int width;
    private final int height;

    /**
     * Loads a model and tries it.
     *
     * @param onnx the model's file
     * @param inputSide pixels of each side of what the model takes, where its file leaves them open
     * @throws IllegalArgumentException if it is no model of this shape; the message says why
     */
    public SaliencyModel(byte[] onnx, Normalisation normalisation, int inputSide) {
        this.normalisation = normalisation;
        NativeMemory.giveBackAtOnce();
        this.environment = OrtEnvironment.getEnvironment();
        try {
            this.session = environment.createSession(onnx, options());
        } catch (OrtException unreadable) {
            throw new IllegalArgumentException("ONNX Runtime cannot load it: " + unreadable.getMessage(), unreadable);
        }
        try {
            this.input = session.getInputNames().iterator().next();
            this.output = session.getOutputNames().iterator().next();
            long[] shape = shape(session.getInputInfo().values().iterator().next(), inputSide);
            this.height = (int) shape[2];
            this.width = (int) shape[3];
            saliency(new Picture(1, 1, new byte[3]));
        } catch (OrtException | RuntimeException wrong) {
            close();
            throw new IllegalArgumentException(
                    "it takes no picture as 1 x 3 x height x width floats and gives no saliency for it: "
                            + wrong.getMessage(),
                    wrong);
        }
    }

    private static OrtSession.SessionOptions options() throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        // As many pictures at once as the service allows, each on one thread: that makes most of the processors
        options.setIntraOpNumThreads(1);
        options.setInterOpNumThreads(1);
        // The level above lays tensors out anew: a tenth quicker, and a half more memory
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.EXTENDED_OPT);
        // Its arena keeps the most that any picture took, several times over, for ever
        options.setCPUArenaAllocator(false);
        options.setMemoryPatternOptimization(false);
        return options;
    }

    private static long[] shape(NodeInfo node, int inputSide) {
        if (!(node.getInfo() instanceof TensorInfo tensor) || tensor.type != OnnxJavaType.FLOAT) {
            throw new IllegalArgumentException("its first input is no tensor of floats");
        }
        long[] shape = tensor.getShape();
        if (shape.length != 4 || Math.abs(shape[0]) != 1 || (shape[1] != 3 && shape[1] > 0)) {
            throw new IllegalArgumentException("its first input is " + Arrays.toString(shape));
        }
        long[] whole = {1, 3, shape[2] > 0 ? shape[2] : inputSide, shape[3] > 0 ? shape[3] : inputSide};
        if (Math.max(whole[2], whole[3]) > MOST_SIDE) {
            throw new IllegalArgumentException("its first input is " + Arrays.toString(shape) + ", larger than sense");
        }
        return whole;
    }

    /** The saliency, 0 (background) to 1 (subject), on the model's own grid. */
    Grid saliency(Picture picture) {
        FloatBuffer samples = FloatBuffer.allocate(3 * width * height);
        Grid[] channels = picture.scaledTo(width, height);
        for (int channel = 0; channel < 3; channel++) {
            for (float sample : channels[channel].values()) {
                samples.put(normalisation.apply(channel, sample));
            }
        }
        long[] shape = {1, 3, height, width};
        try (OnnxTensor tensor = OnnxTensor.createTensor(environment, samples.flip(), shape);
                OrtSession.Result result = session.run(Map.of(input, tensor), Set.of(output))) {
            return grid((OnnxTensor) result.get(0)).fromZeroToOne();
        } catch (OrtException failed) {
            throw new IllegalStateException("the model failed on a picture", failed);
        }
    }

    private static Grid grid(OnnxTensor saliency) {
        long[] shape = saliency.getInfo().getShape();
        FloatBuffer values = saliency.getFloatBuffer();
        if (shape.length < 2 || values.remaining() != shape[shape.length - 1] * shape[shape.length - 2]) {
            throw new IllegalStateException("its first output is " + Arrays.toString(shape));
        }
        float[] copy = new float[values.remaining()];
        values.get(copy);
        return new Grid((int) shape[shape.length - 1], (int) shape[shape.length - 2], copy);
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException failed) {
            throw new IllegalStateException("the model cannot be closed", failed);
        }
    }
}
