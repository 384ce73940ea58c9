package io.gradstep.examples;

import java.util.ArrayList;
import java.util.List;

/**
 * How far a library was from the reference after its steps. Of long trainings it remembers as many points as a picture
 * can show, each the largest distance since the one before.
 */
final class StepDifferences {
    private static final int MOST_POINTS = 1024;

    private List<Point> points = new ArrayList<>();
    private int stepsPerPoint = 1;
    /** So many as a point can hold, that the first one begins a point. */
    private int observationsInLatest = 1;

    private long largest;
    private long last;

    /**
     * A distance.
     *
     * @param step after how many steps
     * @param ulp how many numbers lie between; {@link Long#MAX_VALUE} if one of the two is NaN
     */
    record Point(long step, long ulp) {
        /** Both in one: the larger distance, at the later step. */
        private Point merge(Point later) {
            return new Point(later.step, Math.max(ulp, later.ulp));
        }
    }

    /** Remembers the distance after a step, or once more after the same one. */
    void add(long step, long ulp) {
        largest = Math.max(largest, ulp);
        last = ulp;
        Point point = new Point(step, ulp);
        boolean again = !points.isEmpty() && latest().step == step;
        if (again || observationsInLatest < stepsPerPoint) {
            points.set(points.size() - 1, latest().merge(point));
            observationsInLatest += again ? 0 : 1;
        } else {
            points.add(point);
            observationsInLatest = 1;
            if (points.size() > MOST_POINTS) {
                halve();
            }
        }
    }

    private Point latest() {
        return points.get(points.size() - 1);
    }

    /** There is an odd number of points: the latest stays as it is, to be filled up. */
    private void halve() {
        List<Point> merged = new ArrayList<>();
        for (int i = 0; i < points.size() - 1; i += 2) {
            merged.add(points.get(i).merge(points.get(i + 1)));
        }
        merged.add(latest());
        points = merged;
        stepsPerPoint *= 2;
    }

    List<Point> points() {
        return List.copyOf(points);
    }

    /** The largest of all; 0 if there were none. */
    long largest() {
        return largest;
    }

    /** The latest one; 0 if there were none. */
    long last() {
        return last;
    }
}
