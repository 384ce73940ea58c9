package io.gradstep.djl;

import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import java.lang.reflect.Field;
import java.util.Map;

/** Counts arrays and managers: DJL offers a list of arrays, which leaves out managers that were forgotten. */
final class Census {
    private Census() {}

    /** All that hangs on the managers of this process, of which any one is enough to find the others. */
    static int count(NDManager any) {
        NDManager root = any;
        while (root.getParentManager() != null) {
            root = root.getParentManager();
        }
        return below(root);
    }

    private static int below(NDManager manager) {
        int count = 0;
        for (Object resource : resources(BaseNDManager.class, manager).values()) {
            count += resource instanceof NDManager child ? 1 + below(child) : 1;
        }
        return count;
    }

    /** How many arrays a scope would close. */
    static int registered(NDScope scope) {
        return resources(NDScope.class, scope).size();
    }

    private static Map<?, ?> resources(Class<?> type, Object of) {
        try {
            Field field = type.getDeclaredField("resources");
            field.setAccessible(true);
            return (Map<?, ?>) field.get(of);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("DJL keeps its resources elsewhere", e);
        }
    }
}
