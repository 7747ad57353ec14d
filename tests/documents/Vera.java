import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.logging.LogManager;
import javax.xml.parsers.DocumentBuilderFactory;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.ErrorArgument;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.Rule;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;
import org.verapdf.pdfa.validation.profiles.Variable;
import org.verapdf.pdfa.validation.validators.ValidatorFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * Validates each PDF of a folder as PDF/A-2a and PDF/UA-1 with veraPDF, and says what fails and how much was checked. A file whose
 * name begins with "broken" must fail. The profiles are read here: the package that carries them leaves JAXB out.
 */
public class Vera {
    private static final int FEWEST_CHECKS = 500;

    public static void main(String[] arguments) throws Exception {
        LogManager.getLogManager().reset(); // veraPDF complains of JAXB, which nothing here needs
        VeraGreenfieldFoundryProvider.initialise();
        List<Path> files;
        try (var listed = Files.list(Path.of(arguments[0]))) {
            files = listed.filter(file -> file.toString().endsWith(".pdf")).sorted().toList();
        }
        var profiles = List.of(profile(PDFAFlavour.PDFA_2_A, "PDFA-2A"), profile(PDFAFlavour.PDFUA_1, "PDFUA-1"));
        int wrong = files.isEmpty() ? 1 : 0;
        for (Path file : files) {
            boolean valid = true;
            for (ValidationProfile profile : profiles) {
                valid &= isValid(file, profile);
            }
            boolean expected = !file.getFileName().toString().startsWith("broken");
            wrong += valid == expected ? 0 : 1;
        }
        System.exit(wrong == 0 ? 0 : 1);
    }

    private static boolean isValid(Path file, ValidationProfile profile) throws Exception {
        PDFAFlavour flavour = profile.getPDFAFlavour();
        try (InputStream in = Files.newInputStream(file);
                PDFAParser parser = Foundries.defaultInstance().createParser(in, flavour);
                PDFAValidator validator = ValidatorFactory.createValidator(profile, false)) {
            ValidationResult result = validator.validate(parser);
            System.out.printf("%s, %s: %s, %d checks%n", file.getFileName(), flavour,
                    result.isCompliant() ? "valid" : "not valid", result.getTotalAssertions());
            result.getFailedChecks().forEach((rule, times) -> System.out.printf("  clause %s, test %d: %d times%n",
                    rule.getClause(), rule.getTestNumber(), times));
            if (result.isCompliant() && result.getTotalAssertions() < FEWEST_CHECKS) {
                throw new IllegalStateException("too few checks to be believed");
            }
            return result.isCompliant();
        }
    }

    private static ValidationProfile profile(PDFAFlavour flavour, String name) throws Exception {
        Element root;
        try (InputStream in = Rule.class.getResourceAsStream("/org/verapdf/pdfa/validation/" + name + ".xml")) {
            root = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in).getDocumentElement();
        }
        Set<Rule> rules = new LinkedHashSet<>();
        for (Element rule : children(child(root, "rules"), "rule")) {
            rules.add(rule(rule));
        }
        Set<Variable> variables = new LinkedHashSet<>();
        for (Element variable : children(child(root, "variables"), "variable")) {
            variables.add(Profiles.variableFromValues(variable.getAttribute("name"), variable.getAttribute("object"),
                    text(variable, "defaultValue"), text(variable, "value")));
        }
        var details = Profiles.profileDetailsFromValues(name, name, "veraPDF Consortium", new Date(0));
        return Profiles.profileFromValues(flavour, details, "", rules, variables);
    }

    private static Rule rule(Element rule) {
        Element id = child(rule, "id"), error = child(rule, "error");
        var ruleId = Profiles.ruleIdFromValues(PDFAFlavour.Specification.valueOf(id.getAttribute("specification")),
                id.getAttribute("clause"), Integer.parseInt(id.getAttribute("testNumber")));
        List<ErrorArgument> none = new ArrayList<>();
        var told = Profiles.errorFromValues(text(error, "message"), none);
        Boolean deferred = rule.hasAttribute("deferred") ? Boolean.valueOf(rule.getAttribute("deferred")) : null;
        return Profiles.ruleFromValues(ruleId, rule.getAttribute("object"), deferred, rule.getAttribute("tags"),
                text(rule, "description"), text(rule, "test"), told, new ArrayList<>());
    }

    private static List<Element> children(Element of, String name) {
        List<Element> found = new ArrayList<>();
        for (Node node = of == null ? null : of.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(name)) {
                found.add(element);
            }
        }
        return found;
    }

    private static Element child(Element of, String name) {
        List<Element> found = children(of, name);
        return found.isEmpty() ? null : found.get(0);
    }

    private static String text(Element of, String name) {
        Element found = child(of, name);
        return found == null ? "" : found.getTextContent();
    }
}
