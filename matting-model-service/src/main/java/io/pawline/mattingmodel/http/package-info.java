/** The two wire formats of matting-model-service, and what both share: places, memory, problems. */
@NullMarked
package io.pawline.mattingmodel.http;

import org.jspecify.annotations.NullMarked;
