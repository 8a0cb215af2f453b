package io.pawline.mattingmodel.cutout;

import java.util.Arrays;

/**
 * Finds the connected regions of a mask. It looks at runs of pixels instead of pixels, so that its time and its memory
 * follow the outlines and not the area.
 */
final class Regions {

    private final int width;
    private int[] begins = new int[1024];
    private int[] ends = new int[1024];
    /** The run that each run is connected with, or itself; the first run of a region stands for it. */
    private int[] parents = new int[1024];

    private int count;

    private Regions(int width) {
        this.width = width;
    }

    /** Says whether a pixel surely belongs to the subject. */
    @FunctionalInterface
    interface SureTest {
        boolean isSure(int pixel);
    }

    /** Decides about a run, by its first pixel and the one behind its last. */
    @FunctionalInterface
    private interface RunTest {
        boolean test(int begin, int end);
    }

    /** Sets to 1 what is 0 and enclosed: what has no way to the border over sides of pixels. */
    static void fillHoles(byte[] mask, int width) {
        Regions outside = of(mask, width, /* value= */ 0, /* reach= */ 0);
        int height = mask.length / width;
        boolean[] open = outside.marked((begin, end) -> {
            int row = begin / width;
            return row == 0 || row == height - 1 || begin % width == 0 || end % width == 0;
        });
        outside.set(mask, open, 1);
    }

    /**
     * Sets to 0 what is 1 and not connected, over sides or corners of pixels, with anything of which the test says that
     * it surely belongs to the subject.
     */
    static void keepConnected(byte[] mask, int width, SureTest sure) {
        Regions inside = of(mask, width, /* value= */ 1, /* reach= */ 1);
        boolean[] kept = inside.marked((begin, end) -> {
            for (int at = begin; at < end; at++) {
                if (sure.isSure(at)) {
                    return true;
                }
            }
            return false;
        });
        inside.set(mask, kept, 0);
    }

    private static Regions of(byte[] mask, int width, int value, int reach) {
        Regions regions = new Regions(width);
        int previous = 0;
        for (int row = 0; row < mask.length; row += width) {
            int current = regions.count;
            regions.addRow(mask, row, value);
            regions.connect(previous, current, reach);
            previous = current;
        }
        return regions;
    }

    private void addRow(byte[] mask, int row, int value) {
        int at = row;
        int end = row + width;
        while (at < end) {
            while (at < end && mask[at] != value) {
                at++;
            }
            int begin = at;
            while (at < end && mask[at] == value) {
                at++;
            }
            if (begin < at) {
                add(begin, at);
            }
        }
    }

    private void add(int begin, int end) {
        if (count == begins.length) {
            int more = count + count / 2;
            begins = Arrays.copyOf(begins, more);
            ends = Arrays.copyOf(ends, more);
            parents = Arrays.copyOf(parents, more);
        }
        begins[count] = begin;
        ends[count] = end;
        parents[count] = count;
        count++;
    }

    /** Connects the runs of one row with those of the row before, which touch them. */
    private void connect(int firstAbove, int first, int reach) {
        int above = firstAbove;
        for (int run = first; run < count; run++) {
            while (above < first && ends[above] + width + reach <= begins[run]) {
                above++;
            }
            for (int other = above; other < first && begins[other] + width < ends[run] + reach; other++) {
                union(other, run);
            }
        }
    }

    private void union(int one, int other) {
        int first = root(one);
        int second = root(other);
        parents[Math.max(first, second)] = Math.min(first, second);
    }

    private int root(int run) {
        int at = run;
        while (parents[at] != at) {
            parents[at] = parents[parents[at]];
            at = parents[at];
        }
        return at;
    }

    /** For each run that stands for a region: whether one of the region's runs passes the test. */
    private boolean[] marked(RunTest test) {
        boolean[] marked = new boolean[count];
        for (int run = 0; run < count; run++) {
            int region = root(run);
            marked[region] = marked[region] || test.test(begins[run], ends[run]);
        }
        return marked;
    }

    /** Sets the pixels of all regions that are not spared. */
    private void set(byte[] mask, boolean[] spared, int value) {
        for (int run = 0; run < count; run++) {
            if (!spared[root(run)]) {
                Arrays.fill(mask, begins[run], ends[run], (byte) value);
            }
        }
    }
}
