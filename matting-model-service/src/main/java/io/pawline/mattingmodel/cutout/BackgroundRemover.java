package io.pawline.mattingmodel.cutout;

/** Removes the background of pictures. Thread-safe; works on the thread of the caller alone. */
public final class BackgroundRemover {

    /** Bytes that a picture takes for each of its pixels while it is cut out, besides its own three. */
    public static final int BYTES_PER_PIXEL = 16;

    private final SaliencyModel model;

    public BackgroundRemover(SaliencyModel model) {
        this.model = model;
    }

    /** The picture in the same size as a PNG whose background is transparent. */
    public byte[] cutOut(Picture picture) {
        byte[] mask = SubjectMask.of(picture, model.saliency(picture));
        byte[] rgba = new SoftEdge(picture, mask).rgba();
        return CutOutPng.write(rgba, picture.width(), picture.height());
    }
}
