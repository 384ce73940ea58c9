/**
 * Turns plain values into pictures and one page: charts as PNG, and HTML that needs no other file. It knows nothing of
 * optimizers. {@link io.gradstep.examples.report.Pictures} draws one {@link io.gradstep.examples.report.Chart},
 * {@link io.gradstep.examples.report.Page} puts charts, tables and facts together.
 */
package io.gradstep.examples.report;
