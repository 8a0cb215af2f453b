package io.pawline.ops.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.pawline.ops.console.TestingBrowser.called;
import static io.pawline.ops.console.TestingBrowser.named;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.LoadState;
import io.pawline.events.BreakerState;
import io.pawline.events.CallAttempt;
import io.pawline.ops.TestingDatabase;
import io.pawline.ops.TestingOps;
import io.pawline.ops.alerts.Alert;
import io.pawline.ops.alerts.AlertJournal;
import io.pawline.ops.console.TestingBrowser.Screen;
import io.pawline.ops.live.TestingAttemptEvents;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TestingTasks;
import io.pawline.testkit.NeedsTools;
import io.pawline.testkit.TestingKafka;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Uses the console of a running ops-service in a real browser. */
@NeedsTools({NeedsTools.Tool.CHROMIUM, NeedsTools.Tool.NODE})
class ConsoleIT {

    /** Somebody who can write into a dead letter might try this. */
    private static final String HOSTILE =
            "<img src=x onerror=\"document.title='taken over'\"><script>document.title='taken over'</script>";

    private static TestingOps ops;
    private static TestingBrowser browser;

    @BeforeAll
    static void start() throws InterruptedException {
        TestingKafka.freshTopics(2);
        ops = new TestingOps(TestingDatabase.create(), "--pawline.ops.prices.seedream=0.03");
        browser = new TestingBrowser();
    }

    @AfterAll
    static void close() {
        browser.close();
        ops.close();
    }

    @Test
    void anAnalystReplaysAGroupAndSeesTheOutcomeAndTheAudit() {
        List<Submission> down = failed(3, Reason.PROVIDER_ERROR, "The provider is down.");
        Page page = open(Screen.LAPTOP, "/letters");

        row(page, "provider_error").getByRole(AriaRole.LINK, named("Dry run")).click();
        assertThat(page.getByText("3 would be replayed")).isVisible();
        assertThat(page.getByText("0.09")).isVisible();

        page.getByLabel("Dead letters a second").fill("100");
        page.getByLabel("Why, in a sentence").fill("the provider is back");
        page.getByLabel("Your name").fill("ann");
        page.getByRole(AriaRole.BUTTON, called("Replay 3 dead letters at 100 a second"))
                .click();
        assertThat(page.getByText("3 of 3 dead letters sent")).isVisible();

        TaskDao tasks = ops.bean(TaskDao.class);
        await().until(() -> tasks.find(down.getLast().id()).orElseThrow().generation() == 2);
        tasks.close(down.get(0).id(), 2, TestingTasks.success());
        tasks.close(down.get(1).id(), 2, TestingTasks.success());
        tasks.close(down.get(2).id(), 2, TestingTasks.failure(Reason.MODERATED_PROMPT));
        assertThat(page.getByText("2 succeeded")).isVisible();
        assertThat(page.getByText("1 failed again")).isVisible();
        assertThat(row(page, "moderated_prompt").first()).isVisible();

        page.getByRole(AriaRole.LINK, called("Audit")).click();
        assertThat(row(page, "the provider is back")).containsText("ann");
        assertThat(row(page, "the provider is back")).containsText("replay");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void theLivePageFollowsTheCallsAsTheyAreMade() {
        Page page = open(Screen.LAPTOP, "/live");
        Locator generate = page.locator(".stages > li").filter(new Locator.FilterOptions().setHasText("generate"));
        assertThat(page.locator(".stages > li")).hasCount(5);
        assertThat(generate).containsText("no calls");
        assertThat(page.getByText("No call has failed in the last 15 min.")).isVisible();

        List<CallAttempt> calls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            calls.add(TestingAttemptEvents.seenBy(
                    TestingAttemptEvents.begun(TaskId.next(), Stage.GENERATE, 1, Instant.now()),
                    "one",
                    4,
                    10,
                    BreakerState.CLOSED));
        }
        TestingOps.record(calls);
        assertThat(generate).containsText("4 of 10 in flight");
        assertThat(generate).containsText("breaker closed");
        assertThat(generate).containsText("4 calls in 15 min, 0 % failed");

        TestingOps.record(List.of(
                end(calls.get(0), Reason.PROVIDER_ERROR),
                end(calls.get(1), Reason.PROVIDER_ERROR),
                end(calls.get(2), null)));
        assertThat(generate).containsText("1 of 10 in flight");
        assertThat(generate).containsText("breaker open");
        assertThat(generate).containsText("4 calls in 15 min, 50 % failed");
        assertThat(row(page, "provider_error")).containsText("100 %");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void aStageIsPausedAndResumedFromItsCardByTheKeyboard() {
        Page page = open(Screen.PHONE, "/live");
        Locator callback = page.locator(".stages > li").filter(new Locator.FilterOptions().setHasText("callback"));

        callback.getByRole(AriaRole.BUTTON, named("Pause callback")).press("Enter");
        Locator dialog = page.getByRole(AriaRole.DIALOG);
        assertThat(dialog).containsText("No process of callback begins a further task. 0 calls under way");
        dialog.getByLabel("Why").fill("the receiver asked for it");
        dialog.getByLabel("Your name").fill("ann");
        dialog.getByRole(AriaRole.BUTTON, named("Pause")).press("Enter");
        assertThat(callback).containsText("pause by ann");
        assertThat(callback).containsText("the receiver asked for it");
        assertThat(callback.getByRole(AriaRole.BUTTON, named("Resume callback")))
                .isFocused();
        assertThat(callback.getByText("paused", new Locator.GetByTextOptions().setExact(true)))
                .isVisible();

        row(page, "the receiver asked for it")
                .getByRole(AriaRole.BUTTON, named("Undo pause on callback"))
                .press("Enter");
        assertThat(dialog).containsText("In force: pause by ann");
        dialog.getByLabel("Why").fill("the receiver is back");
        dialog.getByRole(AriaRole.BUTTON, named("Resume")).press("Enter");
        assertThat(callback).containsText("Last: resume by ann");
        assertThat(callback.getByRole(AriaRole.BUTTON, named("Pause callback"))).isVisible();

        page.navigate(address("/audit"));
        assertThat(row(page, "the receiver is back")).containsText("resume");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void aLimitSaysWhatItMeansForAllProcessesTogether() {
        TestingOps.record(List.of(
                TestingAttemptEvents.seenBy(
                        TestingAttemptEvents.begun(TaskId.next(), Stage.MATTING, 1, Instant.now()),
                        "one",
                        1,
                        10,
                        BreakerState.CLOSED),
                TestingAttemptEvents.seenBy(
                        TestingAttemptEvents.begun(TaskId.next(), Stage.MATTING, 1, Instant.now()),
                        "two",
                        1,
                        10,
                        BreakerState.CLOSED)));
        Page page = open(Screen.LAPTOP, "/live");
        Locator matting = page.locator(".stages > li").filter(new Locator.FilterOptions().setHasText("matting"));
        assertThat(matting).containsText("of 20 in flight");

        matting.getByRole(AriaRole.BUTTON, named("Limit matting")).click();
        Locator dialog = page.getByRole(AriaRole.DIALOG);
        dialog.getByLabel("Calls in flight of each process").fill("4");
        assertThat(dialog).containsText("2 processes: together at most 8 at once, now 20.");
        dialog.getByLabel("Why").fill("they asked for less");
        dialog.getByLabel("Your name").fill("ann");
        dialog.getByRole(AriaRole.BUTTON, named("Set the limit")).click();
        assertThat(matting).containsText("limit of 4 calls per process by ann");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void theLivePageSaysHowOldItsFiguresAre() {
        Page page = browser.open(Screen.LAPTOP, ColorScheme.LIGHT);
        page.route("**/v1/live?*", route -> {
            APIResponse answer = route.fetch();
            String old = answer.text().replaceFirst("\"stale_seconds\":[^,]+", "\"stale_seconds\":40.0");
            route.fulfill(new Route.FulfillOptions().setResponse(answer).setBody(old));
        });
        page.navigate(address("/live"));

        assertThat(page.getByText("Live figures are 40 s old")).isVisible();
        assertThat(page.getByText("and none fires")).hasCount(0);
        page.unrouteAll();
        assertThat(page.getByText("Live figures are")).hasCount(0);
    }

    @Test
    void theLivePageShowsWhatProcessesAndTenantsHave() {
        Page page = browser.open(Screen.LAPTOP, ColorScheme.LIGHT);
        page.route("**/v1/live?*", route -> {
            APIResponse answer = route.fetch();
            String shared = answer.text().replaceFirst("\"shares\":\\[]", """
                            "shares":[{"provider":"ark-vision","limit":30,"rate":8.25,"processes":[{"process":"detect-0",
                            "controller":true,"share":26,"in_flight":24,"ghosts":2,"wanted":60}],
                            "tenants":[{"tenant":"shop","share":0.75,"in_flight":19,"waiting":36}]}]""");
            route.fulfill(new Route.FulfillOptions().setResponse(answer).setBody(shared));
        });
        page.navigate(address("/live"));

        page.getByText("is shared").first().click();
        assertThat(page.getByRole(
                        AriaRole.TABLE,
                        new Page.GetByRoleOptions().setName("What each process has and wants of ark-vision")))
                .containsText("detect-0 (divides the limit)");
        assertThat(page.getByRole(
                        AriaRole.TABLE, new Page.GetByRoleOptions().setName("What tenants have and want of detect")))
                .containsText("75 %");
        assertThat(page.getByText("8.25 calls a second for all processes")).isVisible();
        page.unrouteAll();
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void anAlertThatFiredIsListedWithWhoWasNotified() {
        ops.bean(AlertJournal.class)
                .note(
                        Instant.now(),
                        List.of(new AlertJournal.Measured(
                                Alert.COST_PER_HOUR,
                                AlertJournal.State.FIRES,
                                12.5,
                                10.0,
                                "per hour",
                                "of the last 60 minutes")));
        Page page = open(Screen.PHONE, "/live");

        Locator past = page.getByRole(
                AriaRole.TABLE, new Page.GetByRoleOptions().setName("Alerts that fired, the newest first"));
        assertThat(past).containsText("The calls of an hour cost too much");
        assertThat(past).containsText("12.5 per hour");
        assertThat(past).containsText("of the last 60 minutes");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void aTaskIsCancelledFromItsPage() {
        Submission task = TestingTasks.submission();
        ops.bean(TaskDao.class).accept(task);
        Page page = open(Screen.LAPTOP, "/tasks/" + task.id());

        page.getByRole(AriaRole.BUTTON, called("Cancel this task…")).click();
        Locator dialog = page.getByRole(AriaRole.DIALOG);
        dialog.getByLabel("Why").fill("the customer asked for it");
        dialog.getByLabel("Your name").fill("ann");
        dialog.getByRole(AriaRole.BUTTON, named("Cancel the task")).click();

        assertThat(page.locator(".facts")).containsText("cancelled");
        assertThat(page.getByRole(AriaRole.BUTTON, called("Cancel this task…"))).hasCount(0);
        assertThat(browser.complaints()).isEmpty();
    }

    private static CallAttempt end(CallAttempt call, @Nullable Reason failure) {
        return TestingAttemptEvents.seenBy(
                TestingAttemptEvents.ended(call, Instant.now(), failure), "one", 1, 10, BreakerState.OPEN);
    }

    @Test
    void theReportIsReadInBothLanguagesAndSaved() {
        Page page = open(Screen.LAPTOP, "/report?lang=zh");

        assertThat(heading(page, "核心指标")).isVisible();
        page.getByLabel("Language").selectOption("en");
        page.getByRole(AriaRole.BUTTON, called("Show")).click();
        assertThat(heading(page, "core metrics")).isVisible();
        Download saved = page.waitForDownload(() ->
                page.getByRole(AriaRole.BUTTON, called("Download Markdown")).click());
        assertThat(saved.suggestedFilename()).startsWith("pawline-report-").endsWith(".md");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void theReportOpensWithPicturesAlsoOfAnotherPeriodBesideIt() {
        Page page = open(Screen.LAPTOP, "/report?lang=en");

        assertThat(heading(page, "At a glance")).isVisible();
        assertThat(page.locator("figure.drawn svg.picture")).not().hasCount(0);
        assertThat(page.locator("figure.drawn svg.picture").first()).isVisible();
        assertThat(page.locator("svg.picture rect.p-bad")
                        .first()
                        .evaluate("shape => getComputedStyle(shape).fill")
                        .toString())
                .as("a shape besides a colour")
                .startsWith("url(");
        int alone = page.locator("figure.drawn svg.picture").count();
        page.getByText("Beside another period").click();
        page.getByRole(AriaRole.BUTTON, called("The week before")).click();
        assertThat(heading(page, "Side by side")).isVisible();
        assertThat(page.locator("figure.drawn svg.picture").nth(alone)).isVisible();
        Download saved = page.waitForDownload(() ->
                page.getByRole(AriaRole.BUTTON, called("Download all files")).click());
        assertThat(saved.suggestedFilename()).endsWith(".zip");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void aPageThatIsLeftWhileItWaitsForAnswersComplainsOfNothing() {
        Page page = open(Screen.LAPTOP, "/nowhere");
        assertThat(page.locator("h1")).hasText("There is no such page");
        page.route("**/v1/**", _ -> {
            // nobody answers
        });
        for (String left : new String[] {
            "/report", "/tasks/" + TaskId.next(), "/letters", "/letters/1", "/plans/1", "/replays", "/audit"
        }) {
            page.waitForRequest("**/v1/**", () -> page.evaluate("address => { location.hash = address; }", left));
        }
        page.evaluate("() => { location.hash = '/nowhere'; }");
        assertThat(page.locator("h1")).hasText("There is no such page");

        assertThat(page.locator(".complaint")).hasCount(0);
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void anExactReportIsAskedForByItsBox() {
        Page page = open(Screen.LAPTOP, "/report?lang=en");

        assertThat(heading(page, "core metrics")).isVisible();
        page.getByLabel("Read every row").check();
        page.getByRole(AriaRole.BUTTON, called("Show")).click();
        assertThat(page.getByText("Exact: each call and each task was read")).isVisible();
        assertThat(page.getByLabel("Read every row")).isChecked();
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void aFilterInChineseIsSavedThoughItsPageIsLeftAtOnce() {
        failed(2, Reason.BILLING, "供应商返回：账户额度不足");
        Page page = open(Screen.LAPTOP, "/letters?stage=generate&q=" + URLEncoder.encode("额度", StandardCharsets.UTF_8));
        assertThat(row(page, "billing").first()).isVisible();

        page.getByText("Save this filter").click();
        page.getByLabel("Name of the filter").fill("额度用完");
        AtomicReference<@Nullable Route> saving = new AtomicReference<>();
        page.route("**/v1/dead-letters/filters", route -> {
            if (!route.request().method().equals("POST") || !saving.compareAndSet(null, route)) {
                route.resume();
            }
        });
        page.waitForRequest(
                ConsoleIT::isPost,
                () -> page.getByRole(AriaRole.BUTTON, called("Save")).click());
        page.getByRole(AriaRole.LINK, called("Clear")).click();
        assertThat(page.getByLabel("Words in it")).hasValue("");
        page.waitForResponse(
                response -> isPost(response.request()),
                () -> Objects.requireNonNull(saving.get()).resume());
        page.reload();
        page.getByRole(AriaRole.LINK, called("额度用完")).click();
        assertThat(page.getByLabel("Words in it")).hasValue("额度");
        page.getByRole(AriaRole.BUTTON, called("Forget the filter 额度用完")).click();
        assertThat(page.getByRole(AriaRole.LINK, called("额度用完"))).hasCount(0);
        assertThat(browser.complaints()).isEmpty();
    }

    private static boolean isPost(Request request) {
        return request.method().equals("POST");
    }

    @Test
    void aDryRunIsKeptByItsNameAndReplayedLater() {
        failed(2, Reason.CONNECTION_LOST, "It was cut off.");
        Page page = open(Screen.LAPTOP, "/replay?reason=connection_lost");
        assertThat(page.getByText("2 would be replayed")).isVisible();

        page.getByText("Name, time, deadline").click();
        page.getByLabel("Name of the replay").fill("after the cut");
        page.getByRole(AriaRole.BUTTON, called("Keep this dry run")).click();
        page.getByRole(AriaRole.LINK, called("Replays")).click();
        page.getByRole(AriaRole.LINK, called("after the cut")).click();
        assertThat(page.getByText("2 would be replayed")).isVisible();
        page.getByText("Name, time, deadline").click();
        page.getByLabel("Begin at")
                .fill(LocalDateTime.now(ZoneId.of("Asia/Shanghai"))
                        .plusHours(2)
                        .truncatedTo(ChronoUnit.MINUTES)
                        .toString());
        page.getByLabel("Why, in a sentence").fill("when it is quiet");
        page.getByLabel("Your name").fill("ann");
        page.getByRole(AriaRole.BUTTON, called("Replay 2 dead letters at 20 a second"))
                .click();

        assertThat(page.getByText("scheduled").first()).isVisible();
        assertThat(page.getByText("0 of 2 dead letters sent")).isVisible();
        assertThat(page.getByRole(AriaRole.BUTTON, called("Abort…"))).isVisible();
        assertThat(browser.complaints()).isEmpty();
    }

    private static Locator heading(Page page, String text) {
        return page.locator("article h3").filter(new Locator.FilterOptions().setHasText(text));
    }

    @Test
    void aTasksLifeIsFoundByItsId() {
        Submission task = failed(1, Reason.PHOTO_TOO_LARGE, "It is too large.").getFirst();
        Page page = open(Screen.LAPTOP, "/tasks");

        page.getByLabel("Task id").fill(task.id().toString());
        page.getByRole(AriaRole.BUTTON, called("Show")).click();

        assertThat(row(page, "accepted")).isVisible();
        assertThat(row(page, "dead letter")).containsText("photo_too_large");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void aDeadLetterIsDiscardedByItsBoxAndOnlyWithAReason() {
        failed(2, Reason.NO_PET, "No pet is seen.");
        Page page = open(Screen.LAPTOP, "/letters?reason=no_pet");

        page.getByLabel("Choose dead letter").first().check();
        page.getByRole(AriaRole.BUTTON, called("Discard 1 chosen dead letter…")).click();
        Locator dialog = page.getByRole(AriaRole.DIALOG);
        dialog.getByLabel("Your name").fill("ann");
        dialog.getByRole(AriaRole.BUTTON, named("Discard")).click();
        assertThat(dialog).isVisible();
        dialog.getByLabel("Why").fill("walls have no fur");
        dialog.getByRole(AriaRole.BUTTON, named("Discard")).click();

        assertThat(page.getByText("1 dead letter of 1 cause")).isVisible();
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void anEditedDeadLetterIsCheckedAndThenReplayed() {
        Submission task =
                failed(1, Reason.INVALID_REQUEST, "The description is odd.").getFirst();
        Page page = open(Screen.LAPTOP, "/letters/" + ops.deadLetterOf(task));

        page.getByRole(AriaRole.BUTTON, called("Edit and replay…")).click();
        Locator dialog = page.getByRole(AriaRole.DIALOG);
        String event = dialog.getByLabel("Event").inputValue();
        dialog.getByLabel("Why").fill("a typing error");
        dialog.getByLabel("Your name").fill("ann");
        dialog.getByLabel("Event").fill(event.replace("\"a cat\"", "7"));
        dialog.getByRole(AriaRole.BUTTON, named("Keep as a new version")).click();
        assertThat(dialog.getByRole(AriaRole.ALERT)).containsText("PetDescribed");
        dialog.getByLabel("Event").fill(event.replace("a cat", "a dog"));
        browser.complaints();
        dialog.getByRole(AriaRole.BUTTON, named("Keep as a new version")).click();

        assertThat(page.getByText("1 would be replayed")).isVisible();
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void manyDeadLettersAreEditedByAPatchThatIsShownBefore() {
        failed(2, Reason.QUOTA_EXHAUSTED, "The style is unknown.");
        Page page = open(Screen.LAPTOP, "/letters?reason=quota_exhausted");

        page.getByRole(AriaRole.BUTTON, called("Edit all 2 dead letters…")).click();
        Locator dialog = page.getByRole(AriaRole.DIALOG);
        dialog.getByLabel("Change (JSON merge patch)").fill("{\"descripton\":\"a dog\"}");
        dialog.getByRole(AriaRole.BUTTON, named("Show what it does")).click();
        assertThat(dialog.getByText("there is no PetDescribed.descripton").first())
                .isVisible();
        assertThat(dialog.getByRole(AriaRole.BUTTON, named("Keep and go to the dry run")))
                .isDisabled();
        dialog.getByLabel("Change (JSON merge patch)").fill("{\"description\":\"a dog\"}");
        dialog.getByRole(AriaRole.BUTTON, named("Show what it does")).click();
        assertThat(dialog.getByText("2 are changed, 0 are so already, 0 are refused."))
                .isVisible();
        assertThat(dialog.getByText("a dog").first()).isVisible();
        dialog.getByLabel("Why").fill("a typing error");
        dialog.getByLabel("Your name").fill("ann");
        dialog.getByRole(AriaRole.BUTTON, named("Keep and go to the dry run")).click();

        assertThat(page.getByText("2 would be replayed")).isVisible();
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void whatSomebodyHasWrittenIntoADeadLetterStaysText() {
        Submission task = failed(1, Reason.MALFORMED_ANSWER, HOSTILE).getFirst();
        for (String path : List.of("/letters?reason=malformed_answer", "/letters/" + ops.deadLetterOf(task))) {
            Page page = open(Screen.LAPTOP, path);

            assertThat(page.getByText(HOSTILE).first()).isVisible();
            assertThat(page.locator("img, script:not([src])")).hasCount(0);
            assertThat(page.title()).endsWith("Pawline");
        }
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void bytesThatAreNoEventAreShownInHexAndAsTextAndCanBeSaved() throws Exception {
        Submission task = ops.failedTask(Reason.UNDECODABLE);
        byte[] bytes = "GIF89a, not an event at all".getBytes(StandardCharsets.UTF_8);
        send(task, bytes, Reason.UNDECODABLE, "These bytes are no event.");
        Page page = open(Screen.LAPTOP, "/letters/" + ops.deadLetterOf(task));

        assertThat(page.getByLabel("Hex")).containsText("47 49 46 38 39 61");
        assertThat(page.getByLabel("Text")).containsText("GIF89a, not an event");
        Path saved = page.waitForDownload(() -> page.getByRole(AriaRole.BUTTON, called("Download (27 bytes)"))
                        .click())
                .path();
        assertThat(Files.readAllBytes(saved)).isEqualTo(bytes);
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void theBrowserItselfRefusesToRunWhatIsNotTheConsoles() {
        Page page = open(Screen.LAPTOP, "/letters");

        assertThatThrownBy(() -> page.evaluate("html => { document.body.innerHTML = html; }", HOSTILE))
                .isInstanceOf(PlaywrightException.class)
                .hasMessageContaining("TrustedHTML");
        Locator heading = page.locator("h1");
        assertThat(heading).isVisible();
        page.waitForConsoleMessage(() -> page.evaluate("() => { const own = document.createElement('style');"
                + " own.textContent = 'h1 { color: red; }'; document.head.append(own); }"));
        assertThat(heading).not().hasCSS("color", "rgb(255, 0, 0)");
        assertThat(browser.complaints()).as("the style that was refused").isNotEmpty();
    }

    @Test
    void theApisAnswersDoNothingInABrowser() throws Exception {
        assertThat(header("/v1/dead-letters", "Content-Security-Policy")).contains("default-src 'none'", "sandbox");
        assertThat(header("/v1/dead-letters", "X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(header("/", "Content-Security-Policy"))
                .contains("script-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(header("/", "Cache-Control")).isEqualTo("no-cache");
    }

    private static String header(String path, String name) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ops.port() + path))
                    .build();
            return http.send(request, BodyHandlers.discarding())
                    .headers()
                    .firstValue(name)
                    .orElse("none");
        }
    }

    @Test
    void aKeyIsAskedForAndWhatItDoesNotAllowIsSaid() {
        try (TestingOps closed = new TestingOps(TestingDatabase.create(), "--pawline.ops.open-access=false")) {
            Page page = browser.open(Screen.LAPTOP, ColorScheme.LIGHT);
            page.navigate("http://127.0.0.1:" + closed.port() + "/#/letters");

            Locator dialog = page.getByRole(AriaRole.DIALOG);
            dialog.getByLabel("Key").fill("pwk_wrong");
            dialog.getByRole(AriaRole.BUTTON, named("Continue")).click();
            assertThat(dialog).containsText("There is no such API key");
            dialog.getByLabel("Key").fill(closed.newKey("default", "reader", Scope.READ));
            dialog.getByRole(AriaRole.BUTTON, named("Continue")).click();
            assertThat(page.getByText("There is no open dead letter.")).isVisible();

            page.navigate("http://127.0.0.1:" + closed.port() + "/#/replays/" + TaskId.next());
            assertThat(page.getByRole(AriaRole.ALERT)).containsText("No replay has this id");
            assertThat((String) page.evaluate("async () => (await import('/api.js'))"
                            + ".post('/v1/dead-letters/discard', {}).catch(problem => problem.message)"))
                    .contains("scope operate");
            assertThat(page.evaluate("JSON.stringify(localStorage)").toString()).doesNotContain("pwk_");
        }
    }

    /** Colours do not change how wide a page is, nor does the screen change them. */
    @ParameterizedTest
    @CsvSource({"LAPTOP,DARK", "PHONE,LIGHT"})
    void everyPageFitsTheScreenAndCanBeReadByAll(Screen screen, ColorScheme colours) {
        Submission task =
                failed(1, Reason.READ_TIMEOUT, HOSTILE + "y".repeat(300)).getFirst();
        long deadLetter = ops.deadLetterOf(task);
        Page page = browser.open(screen, colours);
        List<String> wrong = new ArrayList<>();
        for (String path : List.of(
                "/live",
                "/report",
                "/tasks/" + task.id(),
                "/letters",
                "/letters?stage=nowhere",
                "/letters/" + deadLetter,
                "/replay?ids=" + deadLetter,
                "/replays",
                "/audit")) {
            page.navigate("about:blank");
            page.navigate(address(path));
            page.waitForLoadState(LoadState.NETWORKIDLE);
            assertThat(page.locator("h1")).isVisible();
            if ((boolean)
                    page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")) {
                wrong.add(path + " is wider than the screen");
            }
            new AxeBuilder(page)
                    .withTags(List.of("wcag2a", "wcag2aa", "wcag21aa", "best-practice"))
                    .analyze()
                    .getViolations()
                    .forEach(rule -> wrong.add(path + ": " + violation(rule)));
        }

        assertThat(wrong).isEmpty();
    }

    private static String violation(Rule rule) {
        return rule.getHelp() + ": " + rule.getNodes().getFirst().getHtml();
    }

    private static Page open(Screen screen, String path) {
        browser.complaints();
        Page page = browser.open(screen, ColorScheme.LIGHT);
        page.navigate(address(path));
        return page;
    }

    private static String address(String path) {
        return "http://127.0.0.1:" + ops.port() + "/#" + path;
    }

    private static Locator row(Page page, String text) {
        return page.getByRole(AriaRole.ROW).filter(new Locator.FilterOptions().setHasText(text));
    }

    private static List<Submission> failed(int count, Reason reason, String detail) {
        List<Submission> failed = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Submission task = ops.failedTask(reason);
            send(task, TestingOps.bytes(TestingOps.described(task, 1)), reason, detail);
            failed.add(task);
        }
        failed.forEach(ops::deadLetterOf);
        return failed;
    }

    private static void send(Submission task, byte[] value, Reason reason, String detail) {
        TestingKafka.send(List.of(TestingOps.deadLetter(Stage.GENERATE, task, value, reason, detail)));
    }
}
