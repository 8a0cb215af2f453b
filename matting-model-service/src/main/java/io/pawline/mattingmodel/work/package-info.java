/** What a picture goes through, in whichever wire format it came: a place, memory, a worker. */
@NullMarked
package io.pawline.mattingmodel.work;

import org.jspecify.annotations.NullMarked;
