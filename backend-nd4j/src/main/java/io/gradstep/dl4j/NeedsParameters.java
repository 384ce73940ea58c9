package io.gradstep.dl4j;

import io.gradstep.optim.BaseArguments;
import io.gradstep.optim.Settings;
import java.util.ArrayList;
import java.util.List;

/** What of an optimizer's settings an updater of DL4J cannot do alone. */
final class NeedsParameters {
    private NeedsParameters() {}

    /**
     * Refuses settings that need to be attached.
     *
     * @throws IllegalStateException if they do
     */
    static void refuse(Settings settings) {
        List<String> reasons = reasons(settings);
        if (!reasons.isEmpty()) {
            throw new IllegalStateException(
                    "An updater of DL4J sees gradients only, but " + String.join(" and ", reasons)
                            + " needs the parameters. After net.init(), and again after loading or cloning the network, add "
                            + "the line `GradstepUpdater.attach(net);`. In SameDiff step an optimizer of these settings with "
                            + "SameDiffLoss instead: once `variables = loss.variables(backend);`, then for each batch "
                            + "`optimizer.minimize(loss, variables);`. Layers that are "
                            + "pretrained on their own cannot have it. Nothing was changed");
        }
    }

    private static List<String> reasons(Settings settings) {
        BaseArguments base = settings.base();
        List<String> reasons = new ArrayList<>();
        addIfSet("clipnorm", isPositive(base.clipnorm()) ? base.clipnorm() : null, reasons);
        addIfSet("global_clipnorm", isPositive(base.globalClipnorm()) ? base.globalClipnorm() : null, reasons);
        addIfSet("weight_decay", base.weightDecay(), reasons);
        addIfSet("use_ema", base.useEma() ? true : null, reasons);
        if (!SubtractionOnly.isAllOf(settings.rule())) {
            reasons.add("the rule " + settings.rule() + ", which does more to the variable than to subtract from it,");
        }
        return reasons;
    }

    private static boolean isPositive(Double limit) {
        return limit != null && limit > 0;
    }

    private static void addIfSet(String name, Object value, List<String> reasons) {
        if (value != null) {
            reasons.add(name + "=" + value);
        }
    }
}
