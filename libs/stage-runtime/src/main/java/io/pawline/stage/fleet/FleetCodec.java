package io.pawline.stage.fleet;

import io.pawline.events.LimitCall;
import io.pawline.events.LimitLease;
import io.pawline.events.LimitLeases;
import io.pawline.events.LimitMessage;
import io.pawline.events.LimitReport;
import io.pawline.events.LimitResult;
import io.pawline.events.LimitTenant;
import io.pawline.stage.CallWork;
import io.pawline.stage.provider.FleetGrants;
import io.pawline.stage.provider.FleetMember;
import io.pawline.stage.provider.FleetMessage;
import io.pawline.stage.provider.FleetReport;
import io.pawline.stage.provider.GrantKey;
import io.pawline.stage.provider.LimitState;
import io.pawline.stage.provider.TenantUse;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Turns the messages of a fleet into events and back. Thread-safe. */
final class FleetCodec {

    private final String provider;

    /** @param provider that the fleet calls; messages about another are none of its */
    FleetCodec(String provider) {
        this.provider = provider;
    }

    LimitMessage event(FleetMessage message) {
        return switch (message) {
            case FleetReport report ->
                from(report.from()).setReport(report(report)).build();
            case FleetGrants grants ->
                from(grants.controller()).setLeases(leases(grants)).build();
        };
    }

    private LimitMessage.Builder from(FleetMember member) {
        return LimitMessage.newBuilder()
                .setProvider(provider)
                .setInstance(member.instance())
                .setLife(member.life());
    }

    private static LimitReport report(FleetReport report) {
        return LimitReport.newBuilder()
                .setNumber(report.number())
                .setEpoch(report.applied().epoch())
                .setLease(report.applied().number())
                .setBusy(report.busy())
                .setGhosts(report.ghosts())
                .setWanted(report.wanted())
                .setMost(report.most())
                .setResumed(report.resumed())
                .setLeaving(report.leaving())
                .setCalls(report.calls().stream().map(FleetCodec::call).toList())
                .setTenants(report.tenants().stream().map(FleetCodec::tenant).toList())
                .build();
    }

    private static LimitTenant tenant(TenantUse use) {
        return LimitTenant.newBuilder()
                .setTenant(use.tenant())
                .setAtWork(use.atWork())
                .setWaiting(use.waiting())
                .setShare(use.share())
                .build();
    }

    private static LimitCall call(FleetReport.Call call) {
        return LimitCall.newBuilder()
                .setLatencyMicros(TimeUnit.NANOSECONDS.toMicros(call.latency()))
                .setAgoMicros(TimeUnit.NANOSECONDS.toMicros(call.ago()))
                .setInFlight(call.inFlight())
                .setResult(
                        switch (call.result()) {
                            case SUCCEEDED -> LimitResult.SUCCEEDED;
                            case REFUSED -> LimitResult.REFUSED;
                            case OVER_RATE -> LimitResult.OVER_RATE;
                            case TIMED_OUT -> LimitResult.TIMED_OUT;
                            case FAILED -> LimitResult.FAILED;
                        })
                .setEpoch(call.startedUnder().epoch())
                .setLease(call.startedUnder().number())
                .setKind(call.work().kind())
                .setTokens(call.work().tokens())
                .build();
    }

    private static LimitLeases leases(FleetGrants grants) {
        LimitState state = grants.state();
        return LimitLeases.newBuilder()
                .setEpoch(grants.key().epoch())
                .setNumber(grants.key().number())
                .setLimit(grants.limit())
                .setRate(grants.rate())
                .setLearnedLimit(state.limit())
                .setBaselineLog(Double.isFinite(state.baselineLog()) ? state.baselineLog() : null)
                .setBaselineCalls(state.baselineCalls())
                .setSpread(state.spread())
                .setCongestedBefore(state.congestedBefore())
                .setLearnedRate(state.rate())
                .setKinds(state.kinds())
                .setLeases(grants.leases().stream().map(FleetCodec::lease).toList())
                .build();
    }

    private static LimitLease lease(FleetGrants.Grant grant) {
        return LimitLease.newBuilder()
                .setInstance(grant.to().instance())
                .setLife(grant.to().life())
                .setReport(grant.report())
                .setSlots(grant.slots())
                .setRate(grant.rate())
                .build();
    }

    /** Returns what an event says; empty if it concerns another provider, or is of a kind that comes later. */
    Optional<FleetMessage> message(LimitMessage event) {
        if (!event.getProvider().equals(provider)) {
            return Optional.empty();
        }
        FleetMember from = new FleetMember(event.getInstance(), event.getLife());
        Optional<FleetMessage> report = event.getReport().map(said -> report(from, said));
        return report.isPresent() ? report : event.getLeases().map(said -> grants(from, said));
    }

    private static FleetReport report(FleetMember from, LimitReport said) {
        return new FleetReport(
                from,
                said.getNumber(),
                new GrantKey(said.getEpoch(), said.getLease()),
                said.getBusy(),
                said.getGhosts(),
                said.getWanted(),
                said.getMost(),
                said.getResumed(),
                said.getLeaving(),
                said.getCalls().stream().flatMap(FleetCodec::call).toList(),
                said.getTenants().stream()
                        .map(of -> new TenantUse(of.getTenant(), of.getAtWork(), of.getWaiting(), of.getShare()))
                        .toList());
    }

    private static Stream<FleetReport.Call> call(LimitCall said) {
        Optional<FleetReport.Result> result = switch (said.getResult()) {
            case SUCCEEDED -> Optional.of(FleetReport.Result.SUCCEEDED);
            case REFUSED -> Optional.of(FleetReport.Result.REFUSED);
            case OVER_RATE -> Optional.of(FleetReport.Result.OVER_RATE);
            case TIMED_OUT -> Optional.of(FleetReport.Result.TIMED_OUT);
            case FAILED -> Optional.of(FleetReport.Result.FAILED);
            case UNKNOWN -> Optional.empty();
        };
        return result.stream()
                .map(known -> new FleetReport.Call(
                        TimeUnit.MICROSECONDS.toNanos(said.getLatencyMicros()),
                        TimeUnit.MICROSECONDS.toNanos(said.getAgoMicros()),
                        said.getInFlight(),
                        known,
                        new GrantKey(said.getEpoch(), said.getLease()),
                        new CallWork(said.getKind(), Math.max(0, said.getTokens()))));
    }

    private static FleetGrants grants(FleetMember from, LimitLeases said) {
        return new FleetGrants(
                from,
                new GrantKey(said.getEpoch(), said.getNumber()),
                said.getLimit(),
                said.getRate(),
                new LimitState(
                        said.getLearnedLimit(),
                        said.getBaselineLog().orElse(Double.NEGATIVE_INFINITY),
                        said.getBaselineCalls(),
                        said.getSpread(),
                        said.getCongestedBefore(),
                        said.getLearnedRate(),
                        said.getKinds()),
                said.getLeases().stream()
                        .map(lease -> new FleetGrants.Grant(
                                new FleetMember(lease.getInstance(), lease.getLife()),
                                lease.getReport(),
                                lease.getSlots(),
                                lease.getRate()))
                        .toList());
    }
}
