package io.pawline.simulator.picture;

import static io.pawline.simulator.picture.Outlines.band;
import static io.pawline.simulator.picture.Outlines.head;
import static io.pawline.simulator.picture.Outlines.mirrored;
import static io.pawline.simulator.picture.Outlines.path;
import static io.pawline.simulator.picture.PetCanvas.oval;

import io.pawline.simulator.picture.PetTraits.Coat;
import io.pawline.simulator.picture.PetTraits.Species;
import java.awt.Color;
import java.awt.Shape;
import java.util.List;

/** Draws one pet, sitting, seen from the front. */
final class PetPainter {

    private static final Color PINK = new Color(0xF0A3A8);
    private static final Color NOSE = new Color(0xD9737C);
    private static final Color DARK_NOSE = new Color(0x3A2A2C);

    private static final Shape CAT_TAIL_LINE = path("M 350 456 C 430 470 468 424 456 376 C 449 348 452 330 464 312");
    private static final Shape CAT_TAIL = band(CAT_TAIL_LINE, 36);
    private static final Shape FLUFFY_CAT_TAIL = band(CAT_TAIL_LINE, 50);
    private static final Shape DOG_TAIL_LINE = path("M 340 440 C 400 440 440 400 448 345");
    private static final Shape DOG_TAIL = band(DOG_TAIL_LINE, 34);
    private static final Shape FLUFFY_DOG_TAIL = band(DOG_TAIL_LINE, 48);
    private static final Shape COLLAR = band(path("M 202 290 C 230 306 282 306 310 290"), 13);
    private static final Shape SCARF = band(path("M 198 288 C 228 308 284 308 314 288"), 26);
    private static final Shape BODY =
            path("M 196 262 C 150 320 132 400 142 462 C 146 486 366 486 370 462 C 380 400 362 320 316 262 Z");
    private static final Shape CHEST =
            path("M 208 280 C 200 330 212 372 230 392 L 240 382 L 250 402 L 260 384 L 270 400 L 282 384 "
                    + "C 300 368 312 330 304 280 Z");
    private static final Shape LEG = path("M 210 345 C 204 400 206 440 204 462 C 204 486 252 486 252 464 L 254 350");
    private static final Shape CAT_EAR =
            path("M 152 168 C 138 120 138 72 152 44 C 156 36 164 36 170 42 C 200 64 226 92 240 124 Z");
    private static final Shape CAT_EAR_INSIDE = path("M 164 146 C 156 114 156 88 163 66 C 184 82 204 102 218 126 Z");
    private static final Shape DOG_EAR =
            path("M 172 118 C 120 100 96 150 98 206 C 100 254 122 276 142 266 C 168 250 170 196 186 156 Z");
    private static final Shape RABBIT_EAR = path("M 196 132 C 162 76 160 10 186 6 C 216 4 240 66 244 118 Z");
    private static final Shape RABBIT_EAR_INSIDE = path("M 204 116 C 182 72 178 30 190 24 C 208 26 224 72 228 108 Z");

    private final PetCanvas petCanvas;
    private final PetTraits pet;
    private final Color points;

    PetPainter(PetCanvas petCanvas, PetTraits pet) {
        this.petCanvas = petCanvas;
        this.pet = pet;
        this.points = pet.coat() == Coat.POINTED ? pet.markings() : pet.fur();
    }

    void paint() {
        tail();
        body();
        legs();
        ears();
        face();
        accessory();
    }

    private void tail() {
        switch (pet.species()) {
            case CAT -> {
                petCanvas.part(pet.fluffy() ? FLUFFY_CAT_TAIL : CAT_TAIL, points);
                if (pet.coat() == Coat.TABBY) {
                    for (String ring : List.of("M 400 446 L 412 480", "M 428 420 L 462 438", "M 430 376 L 470 374")) {
                        petCanvas.stripe(path(ring), 9, pet.markings());
                    }
                }
            }
            case DOG -> petCanvas.part(pet.fluffy() ? FLUFFY_DOG_TAIL : DOG_TAIL, points);
            case RABBIT -> petCanvas.part(oval(376, 440, 36, 34), pet.light());
        }
    }

    private void body() {
        petCanvas.part(BODY, pet.fur());
        switch (pet.coat()) {
            case TABBY -> {
                for (String stripe : List.of(
                        "M 150 360 C 166 358 178 364 190 372",
                        "M 143 394 C 160 392 174 398 184 406",
                        "M 142 428 C 156 426 168 432 178 438")) {
                    pair(stripe, 10);
                }
            }
            case CALICO -> {
                petCanvas.patch(oval(170, 350, 42, 60), pet.markings());
                petCanvas.patch(oval(345, 420, 40, 52), new Color(0xD9843B));
            }
            case SPOTTED -> spots(150, 330, 60, 120);
            case SOLID, TUXEDO, POINTED -> {}
        }
    }

    private void legs() {
        Color paw = pet.coat() == Coat.POINTED ? pet.markings() : pet.light();
        Color leg = pet.coat() == Coat.TUXEDO ? pet.light() : points;
        Shape haunch =
                path("M 142 440 C 138 400 176 382 196 412 C 210 440 204 470 190 480 C 160 484 144 470 142 440 Z");
        petCanvas.part(haunch, pet.fur());
        petCanvas.part(mirrored(haunch), pet.fur());
        for (Shape front : List.of(LEG, mirrored(LEG))) {
            petCanvas.part(front, leg);
        }
        petCanvas.patch(CHEST, pet.light());
        petCanvas.tinge(256, 304, 95, 36, Color.BLACK, 75);
        for (Shape foot : List.of(oval(228, 470, 30, 18), oval(158, 474, 34, 16))) {
            petCanvas.part(foot, paw);
            petCanvas.part(mirrored(foot), paw);
        }
        for (String toe :
                List.of("M 219 466 L 218 481", "M 237 466 L 238 481", "M 148 470 L 146 484", "M 166 470 L 168 484")) {
            petCanvas.line(path(toe), 2.4, paw);
            petCanvas.line(mirrored(path(toe)), 2.4, paw);
        }
    }

    private void ears() {
        switch (pet.species()) {
            case CAT -> ears(CAT_EAR, CAT_EAR_INSIDE);
            case RABBIT -> ears(RABBIT_EAR, RABBIT_EAR_INSIDE);
            case DOG -> {} // A dog's ears hang over the face and are painted later
        }
    }

    private void ears(Shape ear, Shape inside) {
        for (boolean right : List.of(false, true)) {
            boolean patched = right && pet.coat() == Coat.CALICO;
            petCanvas.part(right ? mirrored(ear) : ear, patched ? pet.markings() : points);
            petCanvas.patch(right ? mirrored(inside) : inside, Tint.mix(PINK, points, 0.25));
        }
    }

    private void face() {
        petCanvas.part(head(256, 190, 122, 100, pet.fluffy() ? 0.13 : 0.03), pet.fur());
        markings();
        if (pet.species() == Species.DOG) {
            Color ear = pet.coat() == Coat.SOLID ? Tint.darker(pet.fur(), 0.25) : pet.markings();
            petCanvas.part(DOG_EAR, ear);
            petCanvas.part(mirrored(DOG_EAR), ear);
        }
        muzzle();
        double apart = 50 + (pet.seed() & 3);
        double radius = 25 + (pet.seed() >>> 2 & 3);
        boolean slit = pet.species() == Species.CAT;
        petCanvas.eye(256 - apart, 186, radius, pet.eyes(), slit);
        petCanvas.eye(256 + apart, 186, radius, pet.eyes(), slit);
        petCanvas.tinge(168, 228, 26, 18, new Color(0xF2707C), 80);
        petCanvas.tinge(344, 228, 26, 18, new Color(0xF2707C), 80);
    }

    private void markings() {
        switch (pet.coat()) {
            case TABBY -> {
                petCanvas.stripe(path("M 256 100 L 256 142"), 10, pet.markings());
                pair("M 230 106 C 232 122 236 132 238 144", 10);
                pair("M 204 118 C 208 130 214 140 218 148", 9);
                pair("M 140 186 C 152 184 160 188 168 194", 8);
                pair("M 138 210 C 150 208 158 212 166 216", 8);
            }
            case TUXEDO ->
                petCanvas.patch(
                        path("M 256 118 C 246 160 216 200 190 226 C 176 262 214 286 256 288 C 298 286 336 262 322 226 "
                                + "C 296 200 266 160 256 118 Z"),
                        pet.light());
            case CALICO -> {
                petCanvas.patch(path("M 256 92 C 320 88 372 130 374 190 C 340 226 290 220 272 190 Z"), pet.markings());
                petCanvas.patch(
                        path("M 170 110 C 140 130 132 170 140 196 C 180 196 204 160 206 104 Z"), new Color(0xD9843B));
            }
            case SPOTTED -> spots(196, 104, 120, 40);
            case POINTED -> petCanvas.tinge(256, 206, 88, 76, pet.markings(), 235);
            case SOLID -> {}
        }
    }

    private void muzzle() {
        boolean dog = pet.species() == Species.DOG;
        Color muzzle = pet.coat() == Coat.POINTED ? Tint.mix(pet.markings(), pet.fur(), 0.25) : pet.light();
        if (dog) {
            petCanvas.part(
                    path("M 256 196 C 296 196 318 222 314 250 C 308 280 204 280 198 250 C 194 222 216 196 256 196 Z"),
                    muzzle);
            petCanvas.patch(path("M 240 262 C 240 296 272 296 272 262 Z"), new Color(0xE8707C));
            petCanvas.part(
                    path("M 232 212 C 240 204 272 204 280 212 C 282 226 268 236 256 240 C 244 236 230 226 232 212 Z"),
                    DARK_NOSE);
        } else {
            petCanvas.patch(oval(232, 246, 33, 27), muzzle);
            petCanvas.patch(oval(280, 246, 33, 27), muzzle);
            petCanvas.part(
                    path("M 240 222 C 246 218 266 218 272 222 C 272 232 262 238 256 240 C 250 238 240 232 240 222 Z"),
                    NOSE);
            for (String hair : List.of("M 214 244 C 180 236 140 234 104 238", "M 214 252 C 180 252 140 258 108 270")) {
                petCanvas.hair(path(hair));
                petCanvas.hair(mirrored(path(hair)));
            }
        }
        petCanvas.line(path("M 256 240 L 256 252 C 252 266 232 268 224 258"), 3.4, muzzle);
        petCanvas.line(path("M 256 252 C 260 266 280 268 288 258"), 3.4, muzzle);
    }

    /** Paints what the pet wears, by the seed: nothing, a collar with a bell, a bow tie or a scarf. */
    private void accessory() {
        Color cloth = Color.getHSBColor((pet.seed() >>> 33 & 63) / 64f, 0.72f, 0.86f);
        switch ((int) (pet.seed() >>> 40 & 3)) {
            case 1 -> {
                petCanvas.part(COLLAR, cloth);
                petCanvas.part(oval(256, 312, 14, 14), new Color(0xF2C438));
                petCanvas.line(path("M 250 316 L 262 316"), 2.5, new Color(0xF2C438));
            }
            case 2 -> {
                Shape wing = path(
                        "M 252 302 C 224 278 204 280 200 286 C 198 300 198 312 202 324 C 212 326 230 320 252 308 Z");
                petCanvas.part(wing, cloth);
                petCanvas.part(mirrored(wing), cloth);
                petCanvas.part(oval(256, 304, 12, 13), Tint.darker(cloth, 0.15));
            }
            case 3 -> {
                petCanvas.part(
                        path("M 276 300 C 300 330 300 360 292 384 L 262 378 C 270 350 266 326 256 306 Z"), cloth);
                petCanvas.part(SCARF, cloth);
            }
            default -> {}
        }
    }

    private void pair(String stripe, double width) {
        petCanvas.stripe(path(stripe), width, pet.markings());
        petCanvas.stripe(mirrored(path(stripe)), width, pet.markings());
    }

    private void spots(double left, double top, double across, double down) {
        for (int i = 0; i < 7; i++) {
            double x = left + across * ((i * 37 % 100) / 100.0);
            double y = top + down * ((i * 61 + 13) % 100 / 100.0);
            petCanvas.patch(oval(x, y, 7 + i % 3 * 2, 6 + i % 2 * 2), pet.markings());
            petCanvas.patch(mirrored(oval(x + 9, y + 5, 6 + i % 2 * 3, 6)), pet.markings());
        }
    }
}
