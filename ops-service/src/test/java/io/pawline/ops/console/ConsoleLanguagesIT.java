package io.pawline.ops.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.pawline.ops.console.TestingBrowser.called;
import static io.pawline.ops.console.TestingBrowser.named;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.LoadState;
import io.pawline.events.BreakerState;
import io.pawline.events.CallAttempt;
import io.pawline.ops.TestingDatabase;
import io.pawline.ops.TestingOps;
import io.pawline.ops.alerts.Alert;
import io.pawline.ops.alerts.AlertJournal;
import io.pawline.ops.alerts.AlertText;
import io.pawline.ops.console.TestingBrowser.Screen;
import io.pawline.ops.live.TestingAttemptEvents;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.Submission;
import io.pawline.testkit.NeedsTools;
import io.pawline.testkit.TestingKafka;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Reads the console in both languages. */
@NeedsTools({NeedsTools.Tool.CHROMIUM, NeedsTools.Tool.NODE})
class ConsoleLanguagesIT {

    /**
     * Gives the Latin words that a reader sees or hears, but for what is no text of the console: codes, numbers of
     * records, and what others wrote, which is marked as of an unknown language.
     */
    private static final String LATIN = """
            names => {
              const found = new Set();
              const look = text => names.reduce((left, name) => left.replaceAll(name, ' '), text ?? '').match(/[A-Za-z]{2,}/g)
                ?.forEach(word => found.add(`${word} in: ${text.trim().slice(0, 60)}`));
              const skip = element => element.closest('code, pre, .code, .mono, textarea, script, style, noscript, [lang=""], [lang=en], [lang=zh-Hans] [lang=en]');
              const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
              while (texts.nextNode()) if (!skip(texts.currentNode.parentElement)) look(texts.currentNode.data);
              for (const element of document.querySelectorAll('body *')) {
                if (skip(element)) continue;
                for (const name of ['aria-label', 'placeholder', 'alt', 'data-label']) look(element.getAttribute(name));
                if (element.localName !== 'time') look(element.getAttribute('title'));
              }
              look(document.title);
              return [...found].sort();
            }
            """;

    /** Names that are the same in Chinese, and what the tasks of this test have. */
    private static final List<String> NAMES = List.of(
            "provider-of-generate",
            "provider-of-gen…",
            "provider_error",
            "volcengine-visual",
            "ark-vision",
            "watercolour",
            "default",
            "PetDescribed",
            "5xx",
            " vs ",
            "Pawline",
            "ops-service",
            "Kafka",
            "API",
            "NDJSON",
            "JSON",
            "CSV",
            "Markdown",
            "UTC",
            "Asia/Shanghai",
            "English",
            "detect",
            "generate",
            "matting",
            "finalize",
            "callback",
            "seedream",
            "none");

    private static TestingOps ops;
    private static TestingBrowser browser;
    private static Submission task;
    private static long deadLetter;

    @BeforeAll
    static void start() throws InterruptedException {
        TestingKafka.freshTopics(1);
        ops = new TestingOps(TestingDatabase.create(), "--pawline.ops.prices.seedream=0.03");
        browser = new TestingBrowser();
        calls();
        task = failed();
        deadLetter = ops.deadLetterOf(task);
        ops.bean(AlertJournal.class)
                .note(
                        Instant.now(),
                        List.of(new AlertJournal.Measured(
                                Alert.COST_PER_HOUR,
                                AlertJournal.State.FIRES,
                                12.5,
                                10.0,
                                "per hour",
                                AlertText.of("cost_per_hour.detail"))));
        ops.post("/v1/controls/stages/finalize/pause", "{\"why\":\"接收方要求暂停\",\"by\":\"安\"}");
        ops.post("/v1/controls/stages/callback/limit", "{\"limit\":4,\"why\":\"接收方要求减少\",\"by\":\"安\"}");
        ops.post("/v1/dead-letters/discard", "{\"filter\":{\"stage\":\"detect\"},\"why\":\"没有人在等待\",\"by\":\"安\"}");
    }

    @AfterAll
    static void close() {
        browser.close();
        ops.close();
    }

    @Test
    void noTextOfAChinesePageIsEnglish() {
        Page page = browser.open(Screen.LAPTOP, ColorScheme.LIGHT, "zh-CN");
        List<String> english = new ArrayList<>();
        for (String path : List.of(
                "/live",
                "/report",
                "/tasks",
                "/tasks/" + task.id(),
                "/letters",
                "/letters?stage=nowhere",
                "/letters/" + deadLetter,
                "/replay?ids=" + deadLetter,
                "/replay?ids=" + deadLetter + "&from_stage=detect",
                "/replays",
                "/replays/" + TaskId.next(),
                "/audit",
                "/nowhere")) {
            page.navigate("about:blank");
            page.navigate(address("", path));
            assertThat(page.locator("h1")).isVisible();
            page.waitForLoadState(LoadState.NETWORKIDLE);
            english.addAll(latin(page, path));
        }

        assertThat(english).isEmpty();
    }

    @Test
    void noTextOfAChineseDialogIsEnglish() {
        Page page = browser.open(Screen.LAPTOP, ColorScheme.LIGHT, "zh-CN");
        page.navigate(address("", "/live"));
        List<String> english = new ArrayList<>();
        Locator generate = card(page, "generate");
        assertThat(generate).containsText("provider-of-generate");
        for (String button : List.of("暂停 generate", "限制 generate", "冷却 generate")) {
            english.addAll(dialog(page, generate.getByRole(AriaRole.BUTTON, named(button))));
        }
        english.addAll(dialog(page, card(page, "finalize").getByRole(AriaRole.BUTTON, named("恢复 finalize"))));
        english.addAll(dialog(page, page.getByRole(AriaRole.BUTTON, called("撤销 callback 的限制"))));
        page.navigate(address("", "/letters/" + deadLetter));
        for (String button : List.of("编辑并重放…", "弃置…")) {
            english.addAll(dialog(page, page.getByRole(AriaRole.BUTTON, called(button))));
        }

        assertThat(english).isEmpty();
    }

    @Test
    void theLanguageIsTheBrowsersUntilAnotherIsChosen() {
        Page page = browser.open(Screen.PHONE, ColorScheme.LIGHT, "zh-CN");
        page.navigate(address("", "/letters"));
        assertThat(page.locator("html")).hasAttribute("lang", "zh-Hans");
        assertThat(page.locator("h1")).hasText("死信");

        page.getByRole(AriaRole.BUTTON, called("English")).click();
        assertThat(page.locator("h1")).hasText("Dead letters");
        assertThat(page.locator("html")).hasAttribute("lang", "en");
        page.navigate("about:blank");
        page.navigate(address("", "/letters"));
        assertThat(page.locator("h1")).hasText("Dead letters");

        page.navigate(address("?lang=zh", "/letters"));
        assertThat(page.locator("h1")).hasText("死信");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void datesAndLengthsOfTimeAreThoseOfTheLanguage() {
        Page page = browser.open(Screen.LAPTOP, ColorScheme.LIGHT, "zh-CN");
        page.navigate(address("", "/letters/" + deadLetter));
        assertThat(page.locator(".facts").first()).containsText("月");
        page.navigate(address("", "/live"));
        assertThat(page.locator(".updated")).containsText("最近 15 分钟");
        assertThat(page.locator(".unit").first()).hasText("每 10 秒的调用次数");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void allFiguresOfTheLivePageAreOfOneTimeAndLeadToWhatTheyCount() {
        Page page = browser.open(Screen.LAPTOP, ColorScheme.LIGHT);
        page.navigate(address("", "/live?range=1h"));

        assertThat(page.locator(".updated")).containsText("figures of the last 1 h");
        assertThat(card(page, "generate")).containsText("2 calls in 1 h, 50 % failed");
        assertThat(page.getByText("Why calls failed in the last 1 h")).isVisible();
        assertThat(card(page, "generate").locator(".facts a")).hasText("50 %");
        card(page, "generate").locator(".facts a").click();
        assertThat(page.getByLabel("Stage")).hasValue("generate");
        assertThat(page.getByLabel("Died from")).not().hasValue("");
    }

    @Test
    void theArrowKeysReadAChartPointByPoint() {
        Page page = browser.open(Screen.LAPTOP, ColorScheme.LIGHT);
        page.navigate(address("", "/live?range=1h"));
        Locator chart = card(page, "generate").locator(".chart");
        assertThat(chart.locator("figcaption")).containsText("2 calls in 1 h");

        chart.focus();
        page.keyboard().press("ArrowLeft");

        assertThat(chart.locator("figcaption")).containsText("calls ");
        assertThat(chart.locator("figcaption")).containsText(", failed ");
    }

    private static List<String> dialog(Page page, Locator button) {
        button.click();
        Locator dialog = page.getByRole(AriaRole.DIALOG);
        assertThat(dialog).isVisible();
        List<String> english = latin(page, "the dialog of " + button);
        page.keyboard().press("Escape");
        assertThat(dialog).hasCount(0);
        return english;
    }

    private static List<String> latin(Page page, String where) {
        return ((List<?>) page.evaluate(LATIN, NAMES))
                .stream().map(word -> where + ": " + word).toList();
    }

    private static Locator card(Page page, String stage) {
        return page.locator(".stages > li").filter(new Locator.FilterOptions().setHasText(stage));
    }

    private static String address(String search, String path) {
        return "http://127.0.0.1:" + ops.port() + "/" + search + "#" + path;
    }

    private static void calls() {
        List<CallAttempt> calls = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            calls.add(TestingAttemptEvents.seenBy(
                    TestingAttemptEvents.begun(TaskId.next(), Stage.GENERATE, 1, Instant.now()),
                    "one",
                    2,
                    10,
                    BreakerState.CLOSED));
        }
        calls.add(TestingAttemptEvents.seenBy(
                TestingAttemptEvents.ended(calls.getFirst(), Instant.now(), Reason.PROVIDER_ERROR),
                "one",
                1,
                10,
                BreakerState.OPEN));
        TestingOps.record(calls);
    }

    private static Submission failed() {
        Submission failed = ops.failedTask(Reason.PROVIDER_ERROR);
        TestingKafka.send(List.of(TestingOps.deadLetter(
                Stage.GENERATE,
                failed,
                TestingOps.bytes(TestingOps.described(failed, 1)),
                Reason.PROVIDER_ERROR,
                "The provider is down.")));
        return failed;
    }
}
