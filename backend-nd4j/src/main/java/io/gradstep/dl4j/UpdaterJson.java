package io.gradstep.dl4j;

import io.gradstep.keras.ConfigReader;
import io.gradstep.keras.CustomObjects;
import io.gradstep.keras.Keras;
import io.gradstep.optim.Settings;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.nd4j.linalg.schedule.CycleSchedule;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.InverseSchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.PolySchedule;
import org.nd4j.linalg.schedule.SigmoidSchedule;
import org.nd4j.linalg.schedule.StepSchedule;
import org.nd4j.shade.jackson.core.JsonGenerator;
import org.nd4j.shade.jackson.core.JsonParser;
import org.nd4j.shade.jackson.core.JsonToken;
import org.nd4j.shade.jackson.core.type.WritableTypeId;
import org.nd4j.shade.jackson.databind.DeserializationContext;
import org.nd4j.shade.jackson.databind.JsonDeserializer;
import org.nd4j.shade.jackson.databind.JsonMappingException;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.JsonSerializer;
import org.nd4j.shade.jackson.databind.SerializerProvider;
import org.nd4j.shade.jackson.databind.jsontype.TypeSerializer;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * An updater within DL4J's configurations: what {@link Settings#serialize} gives, under Keras's names, and the schedule
 * of DL4J's that was set over it, if any. Written by hand and not by DL4J's introspection, which would make objects of
 * any class that a file names, and load DL4J's networks for SameDiff.
 */
final class UpdaterJson {
    private static final String SCHEDULE = "schedule";
    private static final String CLASS = "@class";

    /** Those that hold no other, which a file would name. */
    private static final Set<Class<? extends ISchedule>> SCHEDULES = Set.of(
            CycleSchedule.class,
            ExponentialSchedule.class,
            FixedSchedule.class,
            InverseSchedule.class,
            MapSchedule.class,
            PolySchedule.class,
            SigmoidSchedule.class,
            StepSchedule.class);

    private UpdaterJson() {}

    /**
     * Settings as JSON.
     *
     * @throws IllegalArgumentException if they cannot be written, or would not be found again
     */
    static String text(Settings settings) {
        try {
            String text = Keras.toJson(settings);
            // Else it would come to light when the network is loaded, and not while there is still something to save.
            settings(text);
            return text;
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "The settings of the updater cannot be written, so the network can be trained but not saved. "
                            + e.getMessage(),
                    e);
        }
    }

    /**
     * Settings from JSON.
     *
     * @throws IllegalArgumentException if they cannot be read
     */
    static Settings settings(String text) {
        try {
            return GradstepUpdater.kept(Keras.fromJson(text, ConfigReader.installed()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "The settings of the updater cannot be read. " + e.getMessage()
                            + ". Rules and schedules of your own are registered by a class that implements "
                            + CustomObjects.class.getName() + " and is named in the file " + CustomObjects.SERVICES_FILE
                            + ". Found there: " + installed(),
                    e);
        }
    }

    private static String installed() {
        return ServiceLoader.load(CustomObjects.class).stream()
                .map(provider -> provider.type().getName())
                .toList()
                .toString();
    }

    private static List<String> knownSchedules() {
        return SCHEDULES.stream().map(Class::getSimpleName).sorted().toList();
    }

    /** Writes an updater. */
    static final class Writer extends JsonSerializer<GradstepUpdater> {
        @Override
        public void serializeWithType(
                GradstepUpdater updater, JsonGenerator json, SerializerProvider provider, TypeSerializer types)
                throws IOException {
            WritableTypeId type = types.writeTypePrefix(json, types.typeId(updater, JsonToken.START_OBJECT));
            writeFields(updater, json, provider);
            types.writeTypeSuffix(json, type);
        }

        @Override
        public void serialize(GradstepUpdater updater, JsonGenerator json, SerializerProvider provider)
                throws IOException {
            json.writeStartObject();
            writeFields(updater, json, provider);
            json.writeEndObject();
        }

        private static void writeFields(GradstepUpdater updater, JsonGenerator json, SerializerProvider provider)
                throws IOException {
            ISchedule schedule = updater.schedule();
            if (schedule != null && !SCHEDULES.contains(schedule.getClass())) {
                throw JsonMappingException.from(
                        json,
                        "The schedule " + schedule + " of the updater cannot be written: a file may name only "
                                + knownSchedules()
                                + ". Write it as a LearningRateSchedule of gradstep and pass it with the settings");
            }
            try {
                text(updater.settings());
            } catch (IllegalArgumentException e) {
                throw JsonMappingException.from(json, e.getMessage(), e);
            }
            for (Map.Entry<String, Object> field :
                    updater.settings().serialize().entrySet()) {
                provider.defaultSerializeField(field.getKey(), field.getValue(), json);
            }
            if (schedule != null) {
                json.writeObjectFieldStart(SCHEDULE);
                json.writeFieldName(schedule.getClass().getSimpleName());
                provider.findValueSerializer(schedule.getClass()).serialize(schedule, json, provider);
                json.writeEndObject();
            }
        }
    }

    /** Reads an updater. */
    static final class Reader extends JsonDeserializer<GradstepUpdater> {
        @Override
        public GradstepUpdater deserialize(JsonParser json, DeserializationContext context) throws IOException {
            ObjectNode fields = context.readValue(json, ObjectNode.class);
            fields.remove(CLASS);
            ISchedule schedule = schedule(fields.remove(SCHEDULE), json);
            try {
                return new GradstepUpdater(settings(fields.toString()), schedule);
            } catch (IllegalArgumentException e) {
                throw JsonMappingException.from(json, e.getMessage(), e);
            }
        }

        private static ISchedule schedule(JsonNode node, JsonParser json) throws IOException {
            if (node == null || node.isNull()) {
                return null;
            }
            Iterator<String> names = node.fieldNames();
            String name = names.hasNext() ? names.next() : "";
            for (Class<? extends ISchedule> known : SCHEDULES) {
                if (known.getSimpleName().equals(name) && node.get(name) instanceof ObjectNode fields) {
                    return json.getCodec().treeToValue(fields.put(CLASS, known.getName()), known);
                }
            }
            throw JsonMappingException.from(
                    json,
                    "The schedule of the updater is none that a file may name. Received: " + name + ". Known are "
                            + knownSchedules());
        }
    }
}
