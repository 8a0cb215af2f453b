package io.pawline.images.label;

import java.io.StringWriter;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Writes the label as <a href="https://www.adobe.io/xmp/docs/XMPSpecifications/">XMP</a>, which survives where texts of
 * PNG are dropped.
 */
final class XmpLabel {

    private static final String META = "adobe:ns:meta/";
    private static final String RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
    private static final String TC260 = "http://www.tc260.org.cn/ns/AIGC/1.0/";
    private static final String IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/";
    private static final String MADE_BY_A_MODEL =
            "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";

    private XmpLabel() {}

    /** @param json the {@code AIGC} object */
    static String packet(String json) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            xml.writeProcessingInstruction("xpacket", "begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"");
            xml.writeStartElement("x", "xmpmeta", META);
            xml.writeNamespace("x", META);
            xml.writeStartElement("rdf", "RDF", RDF);
            xml.writeNamespace("rdf", RDF);
            xml.writeStartElement("rdf", "Description", RDF);
            xml.writeNamespace("TC260", TC260);
            xml.writeNamespace("Iptc4xmpExt", IPTC);
            xml.writeAttribute("rdf", RDF, "about", "");
            element(xml, "TC260", TC260, "AIGC", json);
            element(xml, "Iptc4xmpExt", IPTC, "DigitalSourceType", MADE_BY_A_MODEL);
            xml.writeEndElement();
            xml.writeEndElement();
            xml.writeEndElement();
            xml.writeProcessingInstruction("xpacket", "end=\"r\"");
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("a text in memory could not be written", e);
        }
        return text.toString();
    }

    private static void element(XMLStreamWriter xml, String prefix, String namespace, String name, String value)
            throws XMLStreamException {
        xml.writeStartElement(prefix, name, namespace);
        xml.writeCharacters(value);
        xml.writeEndElement();
    }
}
