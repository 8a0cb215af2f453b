package io.pawline.service;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/**
 * Holds the names of settings that records bind, as a tree by the parts of the names. A part is compared as Spring does:
 * upper and lower case, and dashes, do not matter. It is used by one thread.
 */
final class SettingNames {

    /** What follows a part of a name. */
    private static final class Node {
        /** By the name in lower case, without dashes. */
        private final Map<String, Node> fields = new TreeMap<>();

        private String dashed = "";

        /** What follows any key of a map, or any index of a list; null: it is neither. */
        private @Nullable Node elements;
    }

    private final Node root = new Node();

    /** Adds the settings of a record, under this name. */
    void add(ConfigurationPropertyName prefix, Class<?> type) {
        Node at = root;
        for (int i = 0; i < prefix.getNumberOfElements(); i++) {
            at = field(at, prefix.getElement(i, Form.DASHED));
        }
        addType(at, type);
    }

    /** Adds one setting that no record binds. */
    void add(ConfigurationPropertyName name) {
        add(name, Object.class);
    }

    private static Node field(Node of, String dashed) {
        Node field = of.fields.computeIfAbsent(dashed.replace("-", ""), _ -> new Node());
        field.dashed = dashed;
        return field;
    }

    private static void addType(Node at, Type type) {
        if (type instanceof Class<?> bound && bound.isRecord()) {
            for (RecordComponent component : bound.getRecordComponents()) {
                addType(
                        field(at, DataObjectPropertyName.toDashedForm(component.getName())),
                        component.getGenericType());
            }
        } else if (type instanceof ParameterizedType generic
                && generic.getRawType() instanceof Class<?> container
                && (Map.class.isAssignableFrom(container) || Collection.class.isAssignableFrom(container))) {
            Type[] of = generic.getActualTypeArguments();
            at.elements = at.elements == null ? new Node() : at.elements;
            addType(at.elements, of[of.length - 1]);
        }
    }

    /** Whether a setting of this name is bound, or begins the names of some that are. */
    boolean has(ConfigurationPropertyName name) {
        Node at = root;
        for (int i = 0; i < name.getNumberOfElements(); i++) {
            Node next = at.fields.get(name.getElement(i, Form.UNIFORM));
            next = next == null ? at.elements : next;
            if (next == null) {
                return false;
            }
            if (at.elements == next && next.fields.isEmpty()) {
                return true; // the key of a value in a map may have dots
            }
            at = next;
        }
        return true;
    }

    /**
     * Whether an environment variable sets a setting that is bound.
     *
     * @param letters its name in lower case, without underscores: between what they stand is not known
     */
    boolean hasVariable(String letters) {
        return hasVariable(root, letters);
    }

    private static boolean hasVariable(Node at, String letters) {
        if (letters.isEmpty()) {
            return true;
        }
        Node elements = at.elements;
        if (elements != null
                && (elements.fields.isEmpty()
                        || elements.fields.keySet().stream().anyMatch(letters::contains))) {
            return true;
        }
        return at.fields.entrySet().stream()
                .anyMatch(field -> letters.startsWith(field.getKey())
                        && hasVariable(
                                field.getValue(),
                                letters.substring(field.getKey().length())));
    }

    /** The parts of names that come first under this one, in lower case and without dashes. */
    Collection<String> under(String part) {
        Node node = root.fields.get(part);
        return node == null ? List.of() : node.fields.keySet();
    }

    /** All names in full. */
    List<String> all() {
        List<String> names = new ArrayList<>();
        addNames(root, "", names);
        return names;
    }

    private static void addNames(Node at, String name, List<String> names) {
        if (at.fields.isEmpty() && at.elements == null) {
            names.add(name);
        }
        if (at.elements != null) {
            addNames(at.elements, name + (at.elements.fields.isEmpty() ? "" : ".*"), names);
        }
        at.fields
                .values()
                .forEach(field -> addNames(field, name.isEmpty() ? field.dashed : name + "." + field.dashed, names));
    }
}
