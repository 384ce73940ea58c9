/**
 * Learning rate schedules: Keras's six, and what one's own has to say.
 *
 * <p>A schedule is a value: it keeps no count, is told the step and answers with a rate. The rates are those of Keras
 * 3.15.1 on its NumPy backend: float32 throughout, each operation rounded once. The package needs nothing but the JDK.
 */
package io.gradstep.schedule;
