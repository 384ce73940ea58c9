/**
 * What {@code bench} measures: JMH benchmarks and what they work on. JMH asks for public classes, fields and methods;
 * besides those only what the command line needs is public.
 */
package io.gradstep.examples.bench;
