package io.gradstep.examples.guides;

import io.gradstep.keras.ConfigReader;
import io.gradstep.keras.CustomObjects;

// guide: your-own-rule/objects
public final class MyObjects implements CustomObjects {
    @Override
    public ConfigReader addTo(ConfigReader reader) {
        return reader.withRule(
                "Lion", config -> new Lion((Double) config.get("beta_1"), (Double) config.get("beta_2")));
    }
}
// end
