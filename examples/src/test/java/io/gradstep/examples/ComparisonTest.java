package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.ops.HostTensor;
import io.gradstep.optim.RMSprop;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final Dataset DATA = new Dataset(
            "points",
            "a test",
            List.of("left", "right"),
            IntStream.range(0, 100)
                    .mapToObj(i -> new Dataset.Example(new float[] {i - 50, i % 7}, i < 50 ? 0 : 1))
                    .toList());

    @Test
    void a_backend_that_computes_otherwise_is_found_out() {
        Library<HostTensor> wrong = new Library<>("wrong", WrongBackend::new, ReferenceTrainer::new);

        ComparisonResult result = comparison(wrong).run(Progress.silent());

        assertThat(result.rows()).singleElement().satisfies(row -> {
            assertThat(row.backend()).isEqualTo("wrong");
            assertThat(row.sameGradients()).isPositive();
            assertThat(row.ownGradients()).isPositive();
        });
        assertThat(result.broken()).isEqualTo(result.rows());
    }

    @Test
    void the_reference_equals_itself() {
        ComparisonResult result = comparison(Libraries.REFERENCE).run(Progress.silent());

        assertThat(result.rows()).singleElement().satisfies(row -> {
            assertThat(row.isReference()).isTrue();
            assertThat(row.sameGradients()).isZero();
            assertThat(row.ownGradients()).isZero();
        });
        assertThat(result.broken()).isEmpty();
    }

    @Test
    void a_library_without_its_native_code_is_the_users_to_mend() {
        Library<HostTensor> missing = new Library<>(
                "missing",
                () -> {
                    throw new ExceptionInInitializerError(new UnsatisfiedLinkError("no jnind4jcpu"));
                },
                ReferenceTrainer::new);

        assertThatThrownBy(() -> comparison(missing).run(Progress.silent()))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("The backend \"missing\" cannot start (")
                .hasMessageContaining("no jnind4jcpu")
                .hasMessageContaining("leave it out with --backends");
    }

    private static Comparison comparison(Library<HostTensor> library) {
        return new Comparison(new Libraries(List.of(library)), new RMSprop(0.001), DATA, 2, 1);
    }
}
