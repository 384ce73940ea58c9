package io.gradstep.fused;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes a loop of the instructions that some stores need, and leaves out all others. */
final class LoopBuilder {
    private final List<Instruction> source;
    /** What an earlier loop has stored, by value: it is loaded instead of computed again. */
    private final Map<Node, Integer> stored = new HashMap<>();

    private final Set<Integer> overwritten = new HashSet<>();
    private final List<Instruction> body = new ArrayList<>();
    private final Map<Node, Node> copied = new HashMap<>();
    private boolean needsWhatIsGone;

    LoopBuilder(List<Instruction> source) {
        this.source = source;
    }

    /** The loop runs after another one with these stores. */
    LoopBuilder after(List<Store> earlier) {
        for (Store store : earlier) {
            stored.put(store.value(), store.array());
            overwritten.add(store.array());
        }
        return this;
    }

    Loop build(List<Store> stores) {
        List<Store> copies = new ArrayList<>();
        for (Store store : stores) {
            copies.add(new Store(store.array(), copy(store.value())));
        }
        return new Loop(body, copies);
    }

    /** Whether the loop would have to read what the earlier loop has overwritten: then it is none. */
    boolean needsWhatIsGone() {
        return needsWhatIsGone;
    }

    private Node copy(Node value) {
        if (!(value instanceof Node.Element element)) {
            return value;
        }
        Node known = copied.get(value);
        if (known == null) {
            known = append(instruction(element));
            copied.put(value, known);
        }
        return known;
    }

    private Instruction instruction(Node.Element element) {
        if (stored.containsKey(element)) {
            return new Instruction.Load(stored.get(element));
        }
        Instruction original = source.get(element.index());
        needsWhatIsGone |= original instanceof Instruction.Load load && overwritten.contains(load.array());
        return original.with(this::copy);
    }

    private Node append(Instruction instruction) {
        body.add(instruction);
        return new Node.Element(body.size() - 1);
    }
}
