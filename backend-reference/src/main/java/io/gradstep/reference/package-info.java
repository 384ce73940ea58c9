/** Plain Java arrays as tensors: the backend that defines what is right. Simple loops, nothing optimised by hand. */
package io.gradstep.reference;
