package io.pawline.photos;

import static io.pawline.testkit.PhotoSamples.joined;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Puts a HEIC together from tiles, as phones do. No encoder that is at hand makes such files. */
final class TiledHeic {

    private static final int MAIN = 1;

    private final byte[] photo;
    private final int firstTile;
    private final int tileBytes;

    private TiledHeic(byte[] photo, int firstTile, int tileBytes) {
        this.photo = photo;
        this.firstTile = firstTile;
        this.tileBytes = tileBytes;
    }

    /**
     * A square picture that shows the same in each tile.
     *
     * @param tile a HEIC of one square picture without metadata
     * @param side pixels of its sides
     * @param across tiles in a row, and in a column
     */
    static TiledHeic of(byte[] tile, int side, int across) {
        String text = new String(tile, StandardCharsets.ISO_8859_1);
        int decoder = text.indexOf("hvcC") - 4;
        byte[] parameters = Arrays.copyOfRange(
                tile, decoder, decoder + ByteBuffer.wrap(tile).getInt(decoder));
        byte[] pixels = Arrays.copyOfRange(tile, text.indexOf("mdat") + 4, tile.length);
        int tiles = across * across;
        byte[] grid = ByteBuffer.allocate(8)
                .putShort((short) 0)
                .put((byte) (across - 1))
                .put((byte) (across - 1))
                .putShort((short) (across * side))
                .putShort((short) (across * side))
                .array();
        byte[] type = box("ftyp", ascii("heic\0\0\0\0mif1heic"));
        int metaBytes = meta(tiles, side, across, parameters, grid.length, pixels.length, 0).length;
        int data = type.length + metaBytes + 8;
        List<byte[]> contents = new ArrayList<>(List.of(grid));
        for (int number = 0; number < tiles; number++) {
            contents.add(pixels);
        }
        byte[] photo = joined(List.of(
                type,
                meta(tiles, side, across, parameters, grid.length, pixels.length, data),
                box("mdat", joined(contents))));
        return new TiledHeic(photo, data + grid.length, pixels.length);
    }

    /** The file, with nearly all of the pixels of so many tiles made zero. */
    byte[] without(int tiles) {
        byte[] damaged = photo.clone();
        for (int tile = 0; tile < tiles; tile++) {
            int begin = firstTile + tile * tileBytes;
            Arrays.fill(damaged, begin + tileBytes / 10, begin + tileBytes, (byte) 0);
        }
        return damaged;
    }

    private static byte[] meta(
            int tiles, int side, int across, byte[] parameters, int gridBytes, int tileBytes, int data) {
        List<byte[]> items = new ArrayList<>(List.of(new byte[4], number(tiles + 1, 2)));
        List<byte[]> places = new ArrayList<>(List.of(new byte[4], number(0x4400, 2), number(tiles + 1, 2)));
        List<byte[]> properties = new ArrayList<>(List.of(new byte[4], number(tiles + 1, 4)));
        List<byte[]> references = new ArrayList<>(List.of(number(MAIN, 2), number(tiles, 2)));
        for (int item = MAIN; item <= tiles + 1; item++) {
            boolean main = item == MAIN;
            items.add(box(
                    "infe",
                    joined(List.of(
                            number(2 << 24, 4), number(item, 2), new byte[2], ascii(main ? "grid\0" : "hvc1\0")))));
            int at = main ? data : data + gridBytes + (item - 2) * tileBytes;
            places.add(joined(List.of(
                    number(item, 2),
                    new byte[2],
                    number(1, 2),
                    number(at, 4),
                    number(main ? gridBytes : tileBytes, 4))));
            properties.add(joined(List.of(number(item, 2), main ? new byte[] {1, 3} : new byte[] {2, (byte) 0x81, 2})));
            if (!main) {
                references.add(number(item, 2));
            }
        }
        byte[] handler = joined(List.of(new byte[8], ascii("pict"), new byte[13]));
        byte[] shared = box("ipco", joined(List.of(parameters, size(side), size(across * side))));
        return box(
                "meta",
                joined(List.of(
                        new byte[4],
                        box("hdlr", handler),
                        box("pitm", joined(List.of(new byte[4], number(MAIN, 2)))),
                        box("iloc", joined(places)),
                        box("iinf", joined(items)),
                        box("iref", joined(List.of(new byte[4], box("dimg", joined(references))))),
                        box("iprp", joined(List.of(shared, box("ipma", joined(properties))))))));
    }

    private static byte[] size(int side) {
        return box("ispe", joined(List.of(new byte[4], number(side, 4), number(side, 4))));
    }

    private static byte[] number(int value, int bytes) {
        byte[] all = ByteBuffer.allocate(4).putInt(value).array();
        return Arrays.copyOfRange(all, 4 - bytes, 4);
    }

    private static byte[] box(String type, byte[] content) {
        return joined(List.of(number(8 + content.length, 4), ascii(type), content));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
