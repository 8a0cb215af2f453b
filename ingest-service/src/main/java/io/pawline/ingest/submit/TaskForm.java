package io.pawline.ingest.submit;

import io.pawline.ingest.http.QuotedName;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import java.io.IOException;
import java.util.Map;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.multipart.MultipartHttpServletRequest;

/** Reads a submission from a form with an uploaded photo: the part {@code image}, and fields as in the JSON body. */
final class TaskForm {

    private static final String IMAGE = "image";

    private TaskForm() {}

    static TaskRequest read(MultipartHttpServletRequest form) throws IOException {
        form.getMultiFileMap().forEach((name, files) -> checkPart(name, files.size(), name.equals(IMAGE)));
        for (Map.Entry<String, String[]> field : form.getParameterMap().entrySet()) {
            checkPart(field.getKey(), field.getValue().length, TaskBody.FIELDS.contains(field.getKey()));
        }
        MultipartFile image = form.getFile(IMAGE);
        return new TaskRequest(
                form.getParameter("image_url"),
                image == null ? null : image.getBytes(),
                form.getParameter("style"),
                form.getParameter("callback_url"),
                form.getParameter("deadline"),
                form.getParameter("ttl"),
                form.getParameter("priority"),
                form.getParameter("client_ref"),
                TaskBody.metadata(form.getParameter("metadata")),
                form.getParameter("not_before"),
                TaskBody.again(form.getParameter("again")));
    }

    private static void checkPart(String name, int times, boolean known) {
        if (!known) {
            throw new ProblemException(
                    CommonProblem.INVALID_REQUEST,
                    "there is no part %s; the parts are the file image and the fields %s"
                            .formatted(QuotedName.of(name), String.join(", ", TaskBody.FIELDS)));
        }
        if (times > 1) {
            throw new ProblemException(CommonProblem.INVALID_REQUEST, name + " is given more than once: send it once");
        }
    }
}
