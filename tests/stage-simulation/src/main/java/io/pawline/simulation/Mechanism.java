package io.pawline.simulation;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Is a mechanism of the runtime that holds a guarantee, and how it is switched off: one method does nothing, or always
 * answers the same. So the production code needs no switches.
 *
 * @param guarantee that it holds, in words
 * @param type the class that it is in
 * @param method that does something else instead; with its number of parameters if there are others of that name
 * @param off what it does instead
 * @param scenario in which its absence shows; null: any world
 */
record Mechanism(
        String guarantee,
        String type,
        String method,
        Consumer<CodeBuilder> off,
        @Nullable FleetScenario scenario) {

    Mechanism(String guarantee, String type, String method, Consumer<CodeBuilder> off) {
        this(guarantee, type, method, off, null);
    }

    /** Lists those whose absence the simulation has to find. */
    static final List<Mechanism> ALL = List.of(
            new Mechanism(
                    "Partitions that leave are fenced",
                    "io.pawline.stage.offsets.AssignedPartition",
                    "fenced",
                    Mechanism::no),
            new Mechanism(
                    "Nothing begins of a partition on its way out",
                    "io.pawline.stage.offsets.AssignedPartition",
                    "begin",
                    Mechanism::yes),
            new Mechanism(
                    "A partition that leaves is drained first",
                    "io.pawline.stage.session.Assignments",
                    "drain",
                    CodeBuilder::return_),
            new Mechanism(
                    "A stage that stops drains",
                    "io.pawline.stage.session.StageSession",
                    "drainAndStay",
                    CodeBuilder::return_),
            new Mechanism(
                    "The commit's metadata carry completed offsets",
                    "io.pawline.schemas.CommitMetadata",
                    "encode",
                    Mechanism::emptyText),
            new Mechanism(
                    "Offsets are committed with the results",
                    "io.pawline.stage.commit.GroupCommit",
                    "positionsAfter",
                    Mechanism::emptyMap),
            new Mechanism(
                    "What a transaction does not carry is open again",
                    "io.pawline.stage.offsets.WorkItem",
                    "reopen",
                    CodeBuilder::return_),
            new Mechanism(
                    "A session ends when nobody knows whether its transaction is committed",
                    "io.pawline.stage.commit.TransactionalPublisher",
                    "producerIsLost",
                    Mechanism::no),
            new Mechanism(
                    "Offsets are committed for the membership of now",
                    "io.pawline.stage.commit.GroupCommit",
                    "commitAs",
                    CodeBuilder::return_),
            new Mechanism(
                    "No paid call begins while the membership is in doubt",
                    "io.pawline.stage.session.Membership",
                    "certain",
                    Mechanism::yes),
            new Mechanism(
                    "An answer to a heartbeat proves nothing of the time after it was sent",
                    "io.pawline.stage.session.Membership",
                    "proven",
                    Mechanism::lastLook),
            new Mechanism(
                    "A cancelled task is not paid for",
                    "io.pawline.stage.provider.LiveStageControls",
                    "cancelled",
                    Mechanism::no),
            new Mechanism(
                    "No paid call begins after the deadline",
                    "io.pawline.stage.session.TaskExecution",
                    "isPastDeadline",
                    Mechanism::no),
            new Mechanism(
                    "Fence, cancellation and deadline are looked at again once the ledger has the call",
                    "io.pawline.stage.ledger.RecordedCalls",
                    "checkAgain",
                    CodeBuilder::return_),
            new Mechanism(
                    "A paid call waits for the ledger's acknowledgement",
                    "io.pawline.stage.ledger.Ledger",
                    "begins",
                    CodeBuilder::return_),
            new Mechanism(
                    "Nothing begins before the controls are known",
                    "io.pawline.stage.StageRuntime",
                    "awaitControls",
                    CodeBuilder::return_),
            new Mechanism(
                    "A paused stage begins nothing",
                    "io.pawline.stage.provider.LiveStageControls",
                    "paused",
                    Mechanism::no),
            new Mechanism(
                    "A cool-down holds",
                    "io.pawline.stage.provider.LiveStageControls",
                    "coolDownUntil",
                    Mechanism::epoch),
            new Mechanism(
                    "The limit holds what is in flight",
                    "io.pawline.stage.provider.ConcurrencyLimiter",
                    "limitNow",
                    Mechanism::many),
            new Mechanism(
                    "Nothing is tried before its moment",
                    "io.pawline.stage.retry.RetryTimer",
                    "hold",
                    Mechanism::atOnce),
            new Mechanism(
                    "A failed task is tried again",
                    "io.pawline.stage.retry.RetryBackoff",
                    "allowsAnother",
                    Mechanism::no),
            new Mechanism(
                    "A step of the clock is left out",
                    "io.pawline.stage.SteadyClock",
                    "without",
                    Mechanism::firstArgument),
            new Mechanism(
                    "A moment beyond all waiting counts as absent",
                    "io.pawline.stage.retry.AttemptHeaders",
                    "notBefore/2",
                    Mechanism::momentOfHeader),
            new Mechanism(
                    "An error of a handler is a failure of its task",
                    "io.pawline.stage.session.TaskExecution",
                    "handle",
                    Mechanism::handleAlone),
            new Mechanism(
                    "A schema that the registry does not know is asked for again",
                    "io.pawline.stage.session.OutcomeResolver",
                    "unknownSchema",
                    Mechanism::undecodable),
            new Mechanism(
                    "A session closes the clients that it opened",
                    "io.pawline.stage.session.StageSession",
                    "leave",
                    CodeBuilder::return_),
            new Mechanism(
                    "A cut of a share counts when its holder has applied it",
                    "io.pawline.stage.provider.ShareBook$Life",
                    "gave",
                    Mechanism::forgetThoseBefore,
                    FleetScenario.KEPT_LIMIT),
            new Mechanism(
                    "A share fades at its holder",
                    "io.pawline.stage.provider.FleetShare",
                    "leased",
                    Mechanism::wholeLease,
                    FleetScenario.KEPT_LIMIT),
            new Mechanism(
                    "The share of a process that is gone fades",
                    "io.pawline.stage.provider.Lease",
                    "left",
                    Mechanism::one,
                    FleetScenario.KEPT_LIMIT),
            new Mechanism(
                    "A call given up keeps its permit",
                    "io.pawline.stage.provider.Ghosts",
                    "count",
                    Mechanism::no,
                    FleetScenario.KEPT_LIMIT),
            new Mechanism(
                    "A cut is one of the calls that are no stragglers",
                    "io.pawline.stage.provider.Stragglers",
                    "share",
                    Mechanism::zero,
                    FleetScenario.SLOW_CALLS),
            new Mechanism(
                    "A call is compared with its like",
                    "io.pawline.stage.provider.KindOffsets",
                    "compared",
                    Mechanism::asItIs,
                    FleetScenario.MIXED_CALLS),
            new Mechanism(
                    "Refusals that name the minute lower the rate",
                    "io.pawline.stage.provider.AccountRate",
                    "learn",
                    CodeBuilder::return_,
                    FleetScenario.LEARNED_RATE),
            new Mechanism(
                    "The tokens of a minute bound the rate",
                    "io.pawline.stage.provider.AccountRate",
                    "byTokens",
                    Mechanism::infinite,
                    FleetScenario.TOKENS));

    private static void no(CodeBuilder code) {
        code.iconst_0().ireturn();
    }

    private static void yes(CodeBuilder code) {
        code.iconst_1().ireturn();
    }

    private static void many(CodeBuilder code) {
        code.ldc(10_000).ireturn();
    }

    /** Takes the newest answer for a proof of now. */
    private static void lastLook(CodeBuilder code) {
        ClassDesc membership = ClassDesc.of("io.pawline.stage.session.Membership");
        code.aload(0).getfield(membership, "lastLook", ConstantDescs.CD_long).lreturn();
    }

    private static void zero(CodeBuilder code) {
        code.dconst_0().dreturn();
    }

    private static void one(CodeBuilder code) {
        code.dconst_1().dreturn();
    }

    private static void infinite(CodeBuilder code) {
        code.ldc(Double.POSITIVE_INFINITY).dreturn();
    }

    /** Takes the latest lease for the only one. */
    private static void forgetThoseBefore(CodeBuilder code) {
        ClassDesc life = ClassDesc.of("io.pawline.stage.provider.ShareBook$Life");
        ClassDesc list = ClassDesc.of(List.class.getName());
        code.aload(0)
                .getfield(life, "leases", list)
                .invokeinterface(list, "clear", MethodTypeDesc.of(ConstantDescs.CD_void))
                .aload(0)
                .getfield(life, "leases", list)
                .aload(1)
                .invokeinterface(list, "add", MethodTypeDesc.of(ConstantDescs.CD_boolean, ConstantDescs.CD_Object))
                .pop()
                .return_();
    }

    /** Has what a lease allows at its beginning, however old it is. */
    private static void wholeLease(CodeBuilder code) {
        ClassDesc lease = ClassDesc.of("io.pawline.stage.provider.Lease");
        code.aload(0)
                .getfield(ClassDesc.of("io.pawline.stage.provider.FleetShare"), "lease", lease)
                .ifThenElse(
                        Opcode.IFNULL,
                        none -> none.iconst_0().ireturn(),
                        some -> some.aload(0)
                                .getfield(ClassDesc.of("io.pawline.stage.provider.FleetShare"), "lease", lease)
                                .invokevirtual(lease, "slots", MethodTypeDesc.of(ConstantDescs.CD_int))
                                .ireturn());
    }

    /** Compares a call with those of all kinds. */
    private static void asItIs(CodeBuilder code) {
        ClassDesc optional = ClassDesc.of(OptionalDouble.class.getName());
        code.aload(1)
                .invokevirtual(
                        ClassDesc.of("io.pawline.stage.provider.EndedCall"),
                        "logLatency",
                        MethodTypeDesc.of(ConstantDescs.CD_double))
                .invokestatic(optional, "of", MethodTypeDesc.of(optional, ConstantDescs.CD_double))
                .areturn();
    }

    private static void firstArgument(CodeBuilder code) {
        code.aload(1).areturn();
    }

    private static void emptyText(CodeBuilder code) {
        code.ldc("").areturn();
    }

    /** Believes the header of a record, whatever is in it. */
    private static void momentOfHeader(CodeBuilder code) {
        ClassDesc attempts = ClassDesc.of("io.pawline.stage.retry.AttemptHeaders");
        ClassDesc headers = ClassDesc.of("org.apache.kafka.common.header.Headers");
        code.aload(0)
                .invokestatic(attempts, "momentOf", MethodTypeDesc.of(ClassDesc.of(Instant.class.getName()), headers))
                .areturn();
    }

    /** Lets through whatever a handler throws. */
    private static void handleAlone(CodeBuilder code) {
        ClassDesc handler = ClassDesc.of("io.pawline.stage.Handler");
        ClassDesc outcome = ClassDesc.of("io.pawline.stage.Outcome");
        ClassDesc attempt = ClassDesc.of("io.pawline.stage.Attempt");
        code.aload(0)
                .getfield(ClassDesc.of("io.pawline.stage.session.TaskExecution"), "handler", handler)
                .aload(2)
                .aload(3)
                .invokeinterface(handler, "handle", MethodTypeDesc.of(outcome, ConstantDescs.CD_Object, attempt))
                .areturn();
    }

    /** Gives a record up that cannot be read now. */
    private static void undecodable(CodeBuilder code) {
        ClassDesc settlement = ClassDesc.of("io.pawline.stage.commit.Settlement");
        ClassDesc data = ClassDesc.of("org.apache.kafka.clients.consumer.ConsumerRecord");
        code.aload(0)
                .aload(1)
                .aload(2)
                .invokevirtual(
                        ClassDesc.of("io.pawline.stage.session.OutcomeResolver"),
                        "undecodable",
                        MethodTypeDesc.of(settlement, data, ConstantDescs.CD_String))
                .areturn();
    }

    private static void emptyMap(CodeBuilder code) {
        ClassDesc map = ClassDesc.of(Map.class.getName());
        code.invokestatic(map, "of", MethodTypeDesc.of(map), true).areturn();
    }

    private static void epoch(CodeBuilder code) {
        ClassDesc instant = ClassDesc.of(Instant.class.getName());
        code.getstatic(instant, "EPOCH", instant).areturn();
    }

    /** Hands a record that is not due to the dispatcher. */
    private static void atOnce(CodeBuilder code) {
        ClassDesc list = ClassDesc.of(List.class.getName());
        ClassDesc collection = ClassDesc.of(Collection.class.getName());
        ClassDesc timer = ClassDesc.of("io.pawline.stage.retry.RetryTimer");
        ClassDesc dispatcher = ClassDesc.of("io.pawline.stage.dispatch.Dispatcher");
        code.aload(0)
                .getfield(timer, "dispatcher", dispatcher)
                .aload(1)
                .invokestatic(list, "of", MethodTypeDesc.of(list, ConstantDescs.CD_Object), true)
                .invokevirtual(dispatcher, "add", MethodTypeDesc.of(ConstantDescs.CD_void, collection))
                .return_();
    }

    /** Says whether the mechanism is in this class. */
    boolean isIn(String className) {
        return type.equals(className);
    }

    private boolean isOff(MethodModel candidate) {
        String name = candidate.methodName().stringValue();
        int parameters = candidate.methodTypeSymbol().parameterCount();
        return method.equals(name) || method.equals(name + "/" + parameters);
    }

    /** Returns the class without the mechanism. */
    byte[] switchedOff(byte[] original) {
        ClassFile files = ClassFile.of();
        ClassModel model = files.parse(original);
        AtomicBoolean found = new AtomicBoolean();
        byte[] without = files.transformClass(model, (builder, element) -> {
            if (element instanceof MethodModel candidate
                    && isOff(candidate)
                    && !candidate.flags().has(AccessFlag.SYNTHETIC)) {
                found.set(true);
                builder.withMethodBody(
                        candidate.methodName(),
                        candidate.methodType(),
                        candidate.flags().flagsMask(),
                        off);
            } else {
                builder.with(element);
            }
        });
        if (!found.get()) {
            throw new IllegalStateException("no method %s in %s".formatted(method, type));
        }
        return without;
    }
}
