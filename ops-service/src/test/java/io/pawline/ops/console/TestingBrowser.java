package io.pawline.ops.console;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.pawline.testkit.NeedsTools;
import io.pawline.testkit.ToolCondition;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Drives the machine's own Chromium, without a window, by Playwright on the machine's Node.js. It keeps what a page
 * complains of in its console, for a test to look at. For one thread.
 */
public final class TestingBrowser implements AutoCloseable {

    /** A screen on which people read the console. */
    public enum Screen {
        LAPTOP(1366, 768),
        PHONE(390, 844);

        private final int width;
        private final int height;

        Screen(int width, int height) {
            this.width = width;
            this.height = height;
        }
    }

    private static final List<String> FLAGS = List.of(
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync");

    /** On a busy machine a page takes long to show what it is asked for. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Playwright playwright;
    private final Browser browser;
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    public TestingBrowser() {
        PlaywrightAssertions.setDefaultAssertionTimeout((double) PATIENCE.toMillis());
        playwright = Playwright.create(new Playwright.CreateOptions()
                .setEnv(Map.of(
                        "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD",
                        "1",
                        "PLAYWRIGHT_NODEJS_PATH",
                        found(NeedsTools.Tool.NODE).toString())));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(found(NeedsTools.Tool.CHROMIUM))
                        .setArgs(FLAGS));
    }

    private static Path found(NeedsTools.Tool tool) {
        return ToolCondition.find(tool)
                .orElseThrow(() ->
                        new IllegalStateException(tool + " is not on the PATH: annotate the test with @NeedsTools"));
    }

    /** Opens an empty tab of its own session: its storage has nothing of another one. */
    public Page open(Screen screen, ColorScheme colours) {
        return open(screen, colours, "en-GB");
    }

    /** Opens the same in a browser of this language, such as {@code zh-CN}. */
    public Page open(Screen screen, ColorScheme colours, String language) {
        BrowserContext session = browser.newContext(new Browser.NewContextOptions()
                .setViewportSize(screen.width, screen.height)
                .setColorScheme(colours)
                .setLocale(language)
                .setTimezoneId("Asia/Shanghai")
                .setAcceptDownloads(true));
        session.setDefaultTimeout((double) PATIENCE.toMillis());
        Page page = session.newPage();
        page.onConsoleMessage(this::keep);
        page.onPageError(complaints::add);
        return page;
    }

    /** Finds something of a page by its name. */
    static Page.GetByRoleOptions called(String name) {
        return new Page.GetByRoleOptions().setName(name).setExact(true);
    }

    /** Finds something of a part of a page by its name. */
    static Locator.GetByRoleOptions named(String name) {
        return new Locator.GetByRoleOptions().setName(name).setExact(true);
    }

    private void keep(ConsoleMessage message) {
        if (List.of("error", "warning").contains(message.type())) {
            complaints.add(message.text() + " at " + message.location());
        }
    }

    /** Gives what pages have complained of since the last time: failed scripts, missing files, broken policies. */
    public List<String> complaints() {
        List<String> all = List.copyOf(complaints);
        complaints.clear();
        return all;
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
