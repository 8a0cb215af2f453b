package io.pawline.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.pawline.ops.console.TestingBrowser;
import io.pawline.ops.console.TestingBrowser.Screen;
import io.pawline.testkit.NeedsTools;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A provider's outage from an analyst's chair, clicked through in a real browser. */
@NeedsTools({NeedsTools.Tool.CHROMIUM, NeedsTools.Tool.NODE})
class ConsoleStoryIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final int SUCCEEDED = OutageStory.TASKS - OutageStory.MODERATED;

    @Test
    void theGroupIsFoundDryRunReplayedAndTheAuditTellsIt(@TempDir Path folder) throws Exception {
        PlaywrightAssertions.setDefaultAssertionTimeout((double) PATIENCE.toMillis());
        try (OutageStory story = OutageStory.start(folder);
                TestingBrowser browser = new TestingBrowser()) {
            Page page = browser.open(Screen.LAPTOP, ColorScheme.LIGHT);
            signIn(page, story);

            page.getByRole(AriaRole.LINK, called("Dead letters")).click();
            Locator group = row(page, "InternalServiceError").first();
            assertThat(group).containsText("300");
            assertThat(group).containsText("provider_error");
            group.getByRole(AriaRole.LINK, in("Dry run")).click();
            assertThat(page.getByText("300 would be replayed")).isVisible();
            story.providerIsBack();
            page.getByLabel("Dead letters a second").fill("100");
            page.getByLabel("Why, in a sentence").fill("The provider says it is back.");
            page.getByRole(AriaRole.BUTTON, called("Replay 300 dead letters at 100 a second"))
                    .click();

            assertThat(page.getByText(SUCCEEDED + " succeeded")).isVisible();
            assertThat(page.getByText(OutageStory.MODERATED + " failed again")).isVisible();
            assertThat(row(page, "moderated_image").first()).isVisible();
            await().atMost(PATIENCE)
                    .until(() -> story.tasks().stream()
                            .allMatch(task -> story.frontEnd().callbacks(task).size() == 2));
            assertAudit(page);
            assertLifeOf(page, story.tasks().getFirst());
            assertThat(browser.complaints().stream().filter(complaint -> !complaint.contains("401")))
                    .isEmpty();
        }
    }

    private static void signIn(Page page, OutageStory story) {
        page.navigate(story.ops() + "/");
        Locator dialog = page.getByRole(AriaRole.DIALOG);
        dialog.getByLabel("Key").fill(story.key());
        dialog.getByRole(AriaRole.BUTTON, in("Continue")).click();
        assertThat(dialog).hasCount(0);
    }

    private static void assertAudit(Page page) {
        page.getByRole(AriaRole.LINK, called("Audit")).click();
        Locator deed = row(page, "The provider says it is back.");
        assertThat(deed).containsText("ann");
        assertThat(deed).containsText("replay");
        assertThat(deed).containsText(SUCCEEDED + " succeeded");
        assertThat(deed).containsText("provider_error");
    }

    /** Both of its generations, call by call. */
    private static void assertLifeOf(Page page, String task) {
        page.getByRole(AriaRole.LINK, called("Task")).click();
        page.getByLabel("Task id").fill(task);
        page.getByRole(AriaRole.BUTTON, called("Show")).click();
        assertThat(page.getByText("2 (replayed 1 time)")).isVisible();
        assertThat(row(page, "provider_error").first()).containsText("500");
        assertThat(row(page, "volcengine-visual")).hasCount(1);
    }

    private static Locator row(Page page, String text) {
        return page.getByRole(AriaRole.ROW).filter(new Locator.FilterOptions().setHasText(text));
    }

    private static Page.GetByRoleOptions called(String name) {
        return new Page.GetByRoleOptions().setName(name).setExact(true);
    }

    private static Locator.GetByRoleOptions in(String name) {
        return new Locator.GetByRoleOptions().setName(name).setExact(true);
    }
}
