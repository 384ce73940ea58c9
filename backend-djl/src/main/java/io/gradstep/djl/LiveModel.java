package io.gradstep.djl;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.gradstep.ops.Execution;
import io.gradstep.ops.TensorVariable;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.OptimizerState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The parameters of a model and the optimizer that is built for them. It looks at the model before each use: an
 * optimizer of gradstep is built once and for all, but parameters of DJL's are initialized, unfrozen, loaded and added at
 * any time. When that changes what there is to train, another optimizer takes over, and the state by path.
 */
final class LiveModel implements AutoCloseable {
    private final Model model;
    private final ModelBackend backend;
    private final LiveSettings settings;
    private Optimizer<NDArray> optimizer;
    /** In the order of the block. */
    private List<Member> members = List.of();

    private final IdentityHashMap<Parameter, Member> byParameter = new IdentityHashMap<>();
    /** The paths of members whose moving averages have begun. */
    private final Set<String> begun = new HashSet<>();
    /** All that the block had when it was looked at last, also what is no member; some of it twice. */
    private List<Parameter> seen = List.of();

    /** A parameter that the optimizer was built for, and the array that it had. */
    record Member(ModelParameter parameter, NDArray array, TensorVariable<NDArray> variable) {
        private boolean isCurrent() {
            return parameter.parameter().isInitialized() && parameter.array() == array;
        }

        boolean isTrainable() {
            return parameter.isTrainable();
        }

        String path() {
            return parameter.path();
        }
    }

    LiveModel(Model model, ModelBackend backend, LiveSettings settings) {
        this.model = model;
        this.backend = backend;
        this.settings = settings;
        this.optimizer = settings.on(backend);
    }

    boolean isOpen() {
        return model.getNDManager().isOpen();
    }

    String name() {
        return model.getName();
    }

    Block block() {
        Block block = model.getBlock();
        if (block == null) {
            throw new IllegalStateException(
                    "The model " + model.getName() + " has no block. Call model.setBlock(block) first");
        }
        return block;
    }

    /** The parameters of the block as it is now. */
    List<ModelParameter> parameters() {
        return ModelParameter.of(block());
    }

    /** The present one, built or not. */
    Optimizer<NDArray> optimizer() {
        return optimizer;
    }

    /** What the optimizer is built for now: all that can be trained, and what could once. */
    List<Member> members() {
        List<Parameter> present = block().getParameters().values();
        if (!isBoundTo(present)) {
            buildFor(membersWith(Set.of()));
        }
        beginAverages();
        return members;
    }

    /** The one of the {@link #members} that a parameter is; null if it is none. */
    Member member(Parameter parameter) {
        return byParameter.get(parameter);
    }

    // ---- which parameters

    /** Asked at each step: nothing is allocated but what DJL allocates. */
    private boolean isBoundTo(List<Parameter> present) {
        if (members.isEmpty() || present.size() != seen.size()) {
            return false;
        }
        for (int i = 0; i < present.size(); i++) {
            Parameter parameter = present.get(i);
            Member member = byParameter.get(parameter);
            boolean isSettled = member == null ? !ModelParameter.isTrainable(parameter) : member.isCurrent();
            if (parameter != seen.get(i) || !isSettled) {
                return false;
            }
        }
        return true;
    }

    /** The members there should be: all parameters which can be trained now, or could once, and some others. */
    private List<Member> membersWith(Set<ModelParameter> others) {
        Set<String> former = new HashSet<>();
        members.forEach(member -> former.add(member.path()));
        List<Member> next = new ArrayList<>();
        for (ModelParameter parameter : parameters()) {
            boolean isKnown = former.contains(parameter.path()) || others.contains(parameter);
            if (parameter.isTrainable() || (isKnown && parameter.parameter().isInitialized())) {
                NDArray array = parameter.array();
                next.add(new Member(parameter, array, backend.wrap(array, parameter.info())));
            }
        }
        if (next.isEmpty()) {
            throw new IllegalStateException("The model " + model.getName() + " has no parameter that can be trained. "
                    + "Initialize it, with trainer.initialize(shape) or block.initialize(…), or load it, and do not "
                    + "freeze all of it");
        }
        return next;
    }

    private void buildFor(List<Member> next) {
        if (optimizer.built()) {
            ModelState before = ModelState.of(optimizer, backend);
            replace(next, successor -> successor.loadOwnVariables(before.over(successor, backend)));
        } else {
            optimizer.build(variables(next));
            take(next);
        }
    }

    /** Lets another optimizer take over, which nothing but its settings has from the one before. */
    private void replace(List<Member> next, Consumer<Optimizer<NDArray>> loading) {
        Optimizer<NDArray> successor = settings.built(backend, variables(next), loading);
        optimizer.close();
        optimizer = successor;
        take(next);
    }

    private void take(List<Member> next) {
        members = List.copyOf(next);
        byParameter.clear();
        next.forEach(member -> byParameter.put(member.parameter().parameter(), member));
        begun.clear();
        seen = block().getParameters().values();
    }

    static List<TensorVariable<NDArray>> variables(Collection<Member> members) {
        return members.stream().map(Member::variable).toList();
    }

    // ---- averages

    /** Of what can be trained and joins in when steps have been taken. */
    private void beginAverages() {
        if (begun.size() == members.size() || !settings.settings().base().useEma() || optimizer.iterations() == 0) {
            return;
        }
        for (Member member : members) {
            if (member.isTrainable() && begun.add(member.path())) {
                LateAverage.begin(optimizer, member.variable(), backend);
            }
        }
    }

    /** These have taken part in a step, which has begun their averages. */
    void haveStepped(List<Member> stepped) {
        if (begun.size() < members.size()) {
            stepped.forEach(member -> begun.add(member.path()));
        }
    }

    // ---- state

    OptimizerState state() {
        members();
        return optimizer.saveOwnVariables();
    }

    ModelState stateByParameter() {
        members();
        return ModelState.of(optimizer, backend);
    }

    Map<String, Execution> execution() {
        members();
        return optimizer.execution();
    }

    /** Takes a state: by name if its names are an optimizer's, else by position. */
    void restore(OptimizerState state) {
        boolean byName = StateByName.hasNames(state);
        List<Member> next = membersWith(byName ? StateByName.parametersOf(state, parameters()) : Set.of());
        replace(next, successor -> {
            if (byName) {
                StateByName.load(state, successor, variables(next));
            } else {
                StateByName.loadByPosition(state, successor);
            }
        });
    }

    @Override
    public void close() {
        optimizer.close();
        backend.close();
    }
}
