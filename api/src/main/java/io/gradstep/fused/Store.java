package io.gradstep.fused;

/**
 * What a loop writes for each element, once all of the element's instructions are done.
 *
 * @param array which array of the loop
 * @param value the value; a number fills the array
 */
public record Store(int array, Node value) {}
