package io.pawline.web;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Notes the id of each request and puts it into the answer. It works below the servlet API, so the answers of filters
 * and of Jetty have it too. Thread-safe.
 */
final class RequestIdHandler extends Handler.Wrapper {

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        put(request, response);
        return super.handle(request, response, callback);
    }

    /**
     * Puts the id of a request into its answer.
     *
     * @return the id
     */
    static String put(Request request, Response response) {
        String noted = RequestId.noted(request.getAttribute(RequestId.ATTRIBUTE));
        String id = noted == null ? RequestId.of(request.getHeaders().getValuesList(RequestId.HEADER)) : noted;
        request.setAttribute(RequestId.ATTRIBUTE, id);
        response.getHeaders().put(RequestId.HEADER, id);
        return id;
    }
}
