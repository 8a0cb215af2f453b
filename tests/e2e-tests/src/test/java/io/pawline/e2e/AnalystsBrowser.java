package io.pawline.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.pawline.ops.console.TestingBrowser;
import io.pawline.ops.console.TestingBrowser.Screen;
import java.time.Duration;

/** An analyst's browser, in which she clicks her way through the console. For one thread. */
final class AnalystsBrowser implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final TestingBrowser browser = new TestingBrowser();
    private final Page page;

    AnalystsBrowser() {
        PlaywrightAssertions.setDefaultAssertionTimeout((double) PATIENCE.toMillis());
        page = browser.open(Screen.LAPTOP, ColorScheme.LIGHT);
    }

    void signIn(OutageStory story) {
        page.navigate(story.ops() + "/");
        Locator dialog = page.getByRole(AriaRole.DIALOG);
        dialog.getByLabel("Key").fill(story.key());
        dialog.getByRole(AriaRole.BUTTON, in("Continue")).click();
        assertThat(dialog).hasCount(0);
    }

    /** Finds the group of the outage, and asks what a replay of it would do. */
    void dryRun(int deadLetters) {
        page.getByRole(AriaRole.LINK, called("Dead letters")).click();
        Locator group = row("InternalServiceError").first();
        assertThat(group).containsText(Integer.toString(deadLetters));
        assertThat(group).containsText("provider_error");
        group.getByRole(AriaRole.LINK, in("Dry run")).click();
        assertThat(page.getByText(deadLetters + " would be replayed")).isVisible();
    }

    /** Starts the replay that was tried. */
    void replay(int deadLetters, int perSecond, String why) {
        page.getByLabel("Dead letters a second").fill(Integer.toString(perSecond));
        page.getByLabel("Why, in a sentence").fill(why);
        page.getByRole(
                        AriaRole.BUTTON,
                        called("Replay %d dead letters at %d a second".formatted(deadLetters, perSecond)))
                .click();
    }

    void assertOutcome(int succeeded, int moderated) {
        assertThat(page.getByText(succeeded + " succeeded")).isVisible();
        assertThat(page.getByText(moderated + " failed again")).isVisible();
        assertThat(row("moderated_image").first()).isVisible();
    }

    void assertAudit(String why, int succeeded) {
        page.getByRole(AriaRole.LINK, called("Audit")).click();
        Locator deed = row(why);
        assertThat(deed).containsText("ann");
        assertThat(deed).containsText("replay");
        assertThat(deed).containsText(succeeded + " succeeded");
        assertThat(deed).containsText("provider_error");
    }

    /** Looks at both generations of a task, call by call. */
    void assertLifeOf(String task) {
        page.getByRole(AriaRole.LINK, called("Task")).click();
        page.getByLabel("Task id").fill(task);
        page.getByRole(AriaRole.BUTTON, called("Show")).click();
        assertThat(page.getByText("2 (replayed 1 time)")).isVisible();
        assertThat(row("provider_error").first()).containsText("500");
        assertThat(row("volcengine-visual")).hasCount(1);
    }

    /** The browser complained of nothing but the request without a key. */
    void assertNoComplaints() {
        assertThat(browser.complaints().stream().filter(complaint -> !complaint.contains("401")))
                .isEmpty();
    }

    @Override
    public void close() {
        browser.close();
    }

    private Locator row(String text) {
        return page.getByRole(AriaRole.ROW).filter(new Locator.FilterOptions().setHasText(text));
    }

    private static Page.GetByRoleOptions called(String name) {
        return new Page.GetByRoleOptions().setName(name).setExact(true);
    }

    private static Locator.GetByRoleOptions in(String name) {
        return new Locator.GetByRoleOptions().setName(name).setExact(true);
    }
}
