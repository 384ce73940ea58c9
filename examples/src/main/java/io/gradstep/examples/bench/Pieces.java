package io.gradstep.examples.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The elements of some arrays, in pieces that several threads claim one after the other: the caller's, and others of
 * the common pool. Little work stays with the caller.
 */
final class Pieces {
    private static final int LONGEST = 65_536;

    /** A loop over a part of the arrays of one tensor. */
    interface Loop {
        void run(int tensor, int from, int to);
    }

    private record Piece(int tensor, int from, int to) {}

    private final List<Piece> pieces = new ArrayList<>();
    private final int helpers;

    Pieces(List<Integer> lengths, int threads) {
        for (int tensor = 0; tensor < lengths.size(); tensor++) {
            int length = lengths.get(tensor);
            for (int from = 0; from < length; from += LONGEST) {
                pieces.add(new Piece(tensor, from, Math.min(from + LONGEST, length)));
            }
        }
        boolean isLittle = lengths.stream().mapToInt(Integer::intValue).sum() <= LONGEST;
        this.helpers = isLittle ? 0 : threads - 1;
    }

    void run(Loop loop) {
        AtomicInteger next = new AtomicInteger();
        Runnable worker = () -> {
            for (int i = next.getAndIncrement(); i < pieces.size(); i = next.getAndIncrement()) {
                Piece piece = pieces.get(i);
                loop.run(piece.tensor(), piece.from(), piece.to());
            }
        };
        List<ForkJoinTask<?>> tasks = new ArrayList<>();
        for (int i = 0; i < helpers; i++) {
            tasks.add(ForkJoinPool.commonPool().submit(worker));
        }
        worker.run();
        tasks.forEach(ForkJoinTask::join);
    }
}
