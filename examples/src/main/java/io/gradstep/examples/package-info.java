/**
 * The command line of gradstep: it trains one small model on real data with each tensor library and compares them.
 *
 * <p>Nothing here is a library. The classes are small so that a reader can copy what is needed: the three trainers show
 * how an optimizer of gradstep steps a model in plain Java, in DL4J and in DJL. {@link io.gradstep.examples.Dl4jIris} and
 * {@link io.gradstep.examples.DjlDigits} are programs by themselves.
 */
package io.gradstep.examples;
