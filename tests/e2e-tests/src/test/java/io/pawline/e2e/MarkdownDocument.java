package io.pawline.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.Code;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Image;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.Node;
import org.commonmark.node.SourceSpan;
import org.commonmark.node.Text;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;

/** A Markdown document of the repository, parsed as GitHub parses it. */
final class MarkdownDocument {

    /**
     * A heading and the anchor that GitHub gives it.
     *
     * @param anchor what a link has after its {@code #}
     */
    record Heading(int level, String text, String anchor) {}

    /**
     * A link or an image.
     *
     * @param line of the document, from 1
     * @param target as it is written
     */
    record Link(int line, String target) {

        /** Whether the target is a part of the repository. */
        boolean isRelative() {
            return !target.matches("(?i)[a-z][a-z0-9+.-]*:.*");
        }

        /** The path of the target; empty for a place in the same document. */
        String path() {
            return target.replaceFirst("#.*", "");
        }

        /** The anchor in the target; empty for none. */
        String anchor() {
            return target.contains("#") ? target.replaceFirst("[^#]*#", "") : "";
        }
    }

    /** A fenced block of code; {@code language} is what stands behind the fence. */
    record CodeBlock(String language, String text) {}

    private static final Parser PARSER = Parser.builder()
            .extensions(List.of(TablesExtension.create()))
            .includeSourceSpans(IncludeSourceSpans.BLOCKS_AND_INLINES)
            .build();

    /** What GitHub leaves out of an anchor: all but letters, marks, numbers, underscores, hyphens and spaces. */
    private static final Pattern NOT_IN_ANCHORS = Pattern.compile("[^\\p{L}\\p{M}\\p{N}\\p{Pc} -]");

    private static final Pattern ADDRESS_IN_HTML = Pattern.compile("\\b(?:href|src)=\"([^\"]*)\"");

    private final Path file;
    private final List<String> lines;
    private final Node root;

    private MarkdownDocument(Path file, String text) {
        this.file = file;
        this.lines = text.lines().toList();
        this.root = PARSER.parse(text);
    }

    static MarkdownDocument of(Path file) {
        try {
            return new MarkdownDocument(file, Files.readString(file));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Every document of the repository. */
    static List<MarkdownDocument> all() {
        return RepositoryFiles.endingWith(".md").stream()
                .map(MarkdownDocument::of)
                .toList();
    }

    Path file() {
        return file;
    }

    /** The file that a relative link of this document leads to. */
    Path targetOf(Link link) {
        return link.path().isEmpty() ? file : file.resolveSibling(link.path()).normalize();
    }

    List<Heading> headings() {
        List<Heading> headings = new ArrayList<>();
        Map<String, Integer> seen = new HashMap<>();
        visit(root, node -> {
            if (node instanceof org.commonmark.node.Heading heading) {
                String text = textOf(heading);
                String anchor = NOT_IN_ANCHORS
                        .matcher(text.toLowerCase(Locale.ROOT))
                        .replaceAll("")
                        .replace(' ', '-');
                int before = seen.merge(anchor, 1, Integer::sum) - 1;
                headings.add(new Heading(heading.getLevel(), text, before == 0 ? anchor : anchor + "-" + before));
            }
        });
        return headings;
    }

    List<String> anchors() {
        return headings().stream().map(Heading::anchor).toList();
    }

    /** Links and images, also those in HTML. */
    List<Link> links() {
        List<Link> links = new ArrayList<>();
        visit(root, node -> {
            switch (node) {
                case org.commonmark.node.Link link -> links.add(new Link(lineOf(link), link.getDestination()));
                case Image image -> links.add(new Link(lineOf(image), image.getDestination()));
                case HtmlBlock html -> inHtml(html.getLiteral(), lineOf(html), links);
                case HtmlInline html -> inHtml(html.getLiteral(), lineOf(html), links);
                default -> {}
            }
        });
        return links;
    }

    List<CodeBlock> codeBlocks() {
        List<CodeBlock> blocks = new ArrayList<>();
        visit(root, node -> {
            if (node instanceof FencedCodeBlock block) {
                blocks.add(new CodeBlock(block.getInfo(), block.getLiteral()));
            }
        });
        return blocks;
    }

    /** What stands as code in the cells of tables, in order. */
    List<String> codeInTables() {
        List<String> codes = new ArrayList<>();
        visit(root, table -> {
            if (table instanceof TableBlock) {
                visit(table, node -> {
                    if (node instanceof Code code) {
                        codes.add(code.getLiteral());
                    }
                });
            }
        });
        return codes;
    }

    /** The lines outside tables, blocks of code and generated sections, by their numbers from 1. */
    Map<Integer, String> prose() {
        Map<Integer, String> prose = new TreeMap<>();
        boolean generated = false;
        for (int line = 0; line < lines.size(); line++) {
            generated = lines.get(line).startsWith("<!-- generated") || generated;
            generated = !lines.get(line).equals("<!-- end -->") && generated;
            if (!generated) {
                prose.put(line + 1, lines.get(line));
            }
        }
        visit(root, node -> {
            if (node instanceof TableBlock || node instanceof FencedCodeBlock || node instanceof IndentedCodeBlock) {
                node.getSourceSpans().stream().map(SourceSpan::getLineIndex).forEach(line -> prose.remove(line + 1));
            }
        });
        return prose;
    }

    private static void inHtml(String html, int line, List<Link> links) {
        for (Matcher address = ADDRESS_IN_HTML.matcher(html); address.find(); ) {
            links.add(new Link(line, address.group(1)));
        }
    }

    private static String textOf(Node heading) {
        StringBuilder text = new StringBuilder();
        visit(heading, node -> {
            switch (node) {
                case Text part -> text.append(part.getLiteral());
                case Code part -> text.append(part.getLiteral());
                default -> {}
            }
        });
        return text.toString();
    }

    private static int lineOf(Node node) {
        return node.getSourceSpans().getFirst().getLineIndex() + 1;
    }

    private static void visit(Node node, Consumer<Node> visitor) {
        visitor.accept(node);
        for (Node child = node.getFirstChild(); child != null; child = child.getNext()) {
            visit(child, visitor);
        }
    }

    @Override
    public String toString() {
        return RepositoryFiles.name(file);
    }
}
