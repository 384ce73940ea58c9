package io.gradstep.examples;

import static io.gradstep.examples.Cells.NONE;
import static io.gradstep.examples.Cells.duration;
import static io.gradstep.examples.Cells.number;
import static io.gradstep.examples.Cells.ratio;
import static io.gradstep.examples.Cells.row;
import static io.gradstep.examples.Cells.share;

import io.gradstep.examples.Measurements.Workload;
import io.gradstep.examples.bench.StepExecution;
import io.gradstep.examples.bench.StepSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * Steps of ours beside what they are held against.
 *
 * @param times what was measured
 */
record StepRows(Measurements times) {
    private static final String[] HEADER = {
        "",
        "size",
        "threads",
        "settings",
        "time",
        "GB/s",
        "of bandwidth",
        "hand loop / time",
        "peer",
        "peer / time",
        "not the same"
    };

    /** A header, and each step; a gap after each size. */
    List<String[]> all() {
        List<String[]> rows = new ArrayList<>();
        rows.add(HEADER);
        for (Workload workload : times.workloads()) {
            List<String[]> ofWorkload = new ArrayList<>();
            for (StepSettings settings : StepSettings.values()) {
                addSteps(ofWorkload, workload, settings);
            }
            for (Peer peer : Peer.values()) {
                peer.step(times, workload).ifPresent(time -> ofWorkload.add(peerRow(peer, workload, time)));
            }
            if (!ofWorkload.isEmpty() && rows.size() > 1) {
                rows.add(gap());
            }
            rows.addAll(ofWorkload);
        }
        return rows;
    }

    private static String[] gap() {
        String[] cells = new String[HEADER.length];
        Arrays.fill(cells, "");
        return cells;
    }

    private void addSteps(List<String[]> rows, Workload workload, StepSettings settings) {
        add(rows, "bandwidth", workload, settings, times.bandwidth(settings, workload), Optional.empty());
        add(rows, "hand loop", workload, settings, times.handLoop(settings, workload), Optional.empty());
        for (String backend : Measurements.BACKENDS) {
            for (StepExecution execution : StepExecution.values()) {
                OptionalDouble time = times.ours(backend, execution, settings, workload);
                add(rows, backend + " " + execution, workload, settings, time, Peer.of(backend));
            }
        }
    }

    private void add(
            List<String[]> rows,
            String who,
            Workload workload,
            StepSettings settings,
            OptionalDouble time,
            Optional<Peer> peer) {
        if (time.isEmpty()) {
            return;
        }
        OptionalDouble peers =
                peer.map(library -> library.step(times, workload)).orElse(OptionalDouble.empty());
        rows.add(row(
                who,
                workload.size().label(),
                Integer.toString(workload.threads()),
                settings.name(),
                duration(time),
                gigabytesPerSecond(settings.bytesPerParameter(), workload, time.getAsDouble()),
                share(times.bandwidth(settings, workload), time),
                ratio(times.handLoop(settings, workload), time),
                duration(peers),
                ratio(peers, time),
                peers.isEmpty() ? NONE : peer.orElseThrow().notTheSame(settings == StepSettings.plain)));
    }

    /** Its share of the bandwidth is of bytes: Adam moves more than the row it is held against. */
    private String[] peerRow(Peer peer, Workload workload, double time) {
        double bytes = (double) peer.bytesPerParameter() / StepSettings.plain.bytesPerParameter();
        return row(
                peer.label(),
                workload.size().label(),
                Integer.toString(workload.threads()),
                "library's",
                duration(time),
                gigabytesPerSecond(peer.bytesPerParameter(), workload, time),
                share(times.bandwidth(StepSettings.plain, workload), OptionalDouble.of(time / bytes)),
                NONE,
                NONE,
                NONE,
                NONE);
    }

    private static String gigabytesPerSecond(int bytesPerParameter, Workload workload, double nanos) {
        return number("%.1f", bytesPerParameter * workload.size().parameters() / nanos);
    }

    /** A header, and for each backend two rows: plain and fused, over the sizes. */
    List<String[]> inShort(int threads) {
        List<Workload> workloads = times.workloads().stream()
                .filter(workload -> workload.threads() == threads)
                .toList();
        List<String[]> rows = new ArrayList<>();
        rows.add(inShort("", workloads, workload -> workload.size().label(), "not the same"));
        for (Peer peer : Peer.values()) {
            rows.add(inShort(
                    peer.label() + " / " + peer.backend() + " fused",
                    workloads,
                    workload -> ratio(peer.step(times, workload), fused(peer.backend(), workload)),
                    peer.notTheSame(true)));
        }
        for (String backend : Measurements.BACKENDS) {
            rows.add(inShort(
                    backend + " fused, of bandwidth",
                    workloads,
                    workload -> share(times.bandwidth(StepSettings.plain, workload), fused(backend, workload)),
                    ""));
        }
        rows.removeIf(cells -> Arrays.stream(cells, 1, cells.length - 1).allMatch(NONE::equals));
        return rows;
    }

    private OptionalDouble fused(String backend, Workload workload) {
        return times.ours(backend, StepExecution.fused, StepSettings.plain, workload);
    }

    private static String[] inShort(
            String first, List<Workload> workloads, Function<Workload, String> cell, String last) {
        List<String> cells = new ArrayList<>(List.of(first));
        workloads.stream().map(cell).forEach(cells::add);
        cells.add(last);
        return cells.toArray(String[]::new);
    }
}
