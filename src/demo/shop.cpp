#include "demo/shop.h"

#include <array>

namespace cairn::demo {
namespace {

constexpr std::array kProducts = {
    Product{"P101", "Classic dragées, white", "Dragées", 1290},
    Product{"P102", "Avola dragées, rose", "Dragées", 1690},
    Product{"P103", "Avola dragées, ivory", "Dragées", 1690},
    Product{"P104", "Chocolate dragées, pastel", "Dragées", 1390},
    Product{"P105", "Hazelnut dragées", "Dragées", 1490},
    Product{"P106", "Honey dragées", "Dragées", 1350},
    Product{"P107", "Baptism dragées, blue", "Dragées", 1890},
    Product{"P108", "Wedding dragées, silver", "Dragées", 2290},
    Product{"P201", "Calissons of Aix, 12", "Almond sweets", 1450},
    Product{"P202", "Calissons of Aix, 24", "Almond sweets", 2650},
    Product{"P203", "Soft nougat with almonds", "Almond sweets", 950},
    Product{"P204", "Black nougat", "Almond sweets", 890},
    Product{"P205", "Marzipan fruits", "Almond sweets", 1590},
    Product{"P206", "Almond turrón", "Almond sweets", 1190},
    Product{"P207", "Amaretti, soft", "Almond sweets", 850},
    Product{"P208", "Almond brittle", "Almond sweets", 690},
    Product{"P301", "Roasted almonds, salted", "Almonds and nuts", 590},
    Product{"P302", "Smoked almonds", "Almonds and nuts", 650},
    Product{"P303", "Caramelised almonds", "Almonds and nuts", 620},
    Product{"P304", "Princess almonds in the shell", "Almonds and nuts", 780},
    Product{"P305", "Pralines, pink", "Almonds and nuts", 640},
    Product{"P306", "Caramelised hazelnuts", "Almonds and nuts", 660},
    Product{"P307", "Almond butter", "Almonds and nuts", 890},
    Product{"P308", "Pistachios of Sicily", "Almonds and nuts", 1190},
    Product{"P401", "Dark bar 72 %", "Chocolate", 490},
    Product{"P402", "Milk bar with almonds", "Chocolate", 520},
    Product{"P403", "White bar with raspberries", "Chocolate", 540},
    Product{"P404", "Almond rochers, 9", "Chocolate", 1290},
    Product{"P405", "Truffles, 16", "Chocolate", 1590},
    Product{"P406", "Orangettes", "Chocolate", 1150},
    Product{"P407", "Pralinés, 20", "Chocolate", 2190},
    Product{"P408", "Pralinés, 40", "Chocolate", 3890},
    Product{"P409", "Hot chocolate flakes", "Chocolate", 990},
    Product{"P501", "Lavender honey drops", "Sweets", 450},
    Product{"P502", "Fruit jellies, 15", "Sweets", 1250},
    Product{"P503", "Salted caramels", "Sweets", 790},
    Product{"P504", "Berlingots", "Sweets", 520},
    Product{"P505", "Violet drops", "Sweets", 480},
    Product{"P506", "Liquorice sticks", "Sweets", 350},
    Product{"P507", "Marshmallows, vanilla", "Sweets", 590},
    Product{"P508", "Barley sugar", "Sweets", 420},
    Product{"P601", "Lemon biscuits", "Biscuits", 560},
    Product{"P602", "Almond tuiles", "Biscuits", 690},
    Product{"P603", "Croquants", "Biscuits", 590},
    Product{"P604", "Macarons, 12", "Biscuits", 1890},
    Product{"P605", "Navettes with orange blossom", "Biscuits", 620},
    Product{"P606", "Chocolate sablés", "Biscuits", 580},
    Product{"P607", "Speculoos", "Biscuits", 490},
    Product{"P701", "Gift box, small", "Gift boxes", 1990},
    Product{"P702", "Gift box, medium", "Gift boxes", 3490},
    Product{"P703", "Gift box, large", "Gift boxes", 5490},
    Product{"P704", "Thirteen desserts", "Gift boxes", 4590},
    Product{"P705", "Chocolate hamper", "Gift boxes", 6490},
    Product{"P706", "Tasting box, almonds", "Gift boxes", 2890},
    Product{"P707", "Heart box", "Gift boxes", 2490},
    Product{"P801", "Easter hen, milk", "Seasonal", 1790},
    Product{"P802", "Easter eggs, filled", "Seasonal", 1390},
    Product{"P803", "Advent calendar", "Seasonal", 2990},
    Product{"P804", "Candied chestnuts, 8", "Seasonal", 2490},
    Product{"P805", "Papillotes", "Seasonal", 1190},
    Product{"P806", "Pumpkin caramels", "Seasonal", 690},
};

constexpr std::array kCategories = {
    Category{"Dragées", 0, 8},     Category{"Almond sweets", 8, 8}, Category{"Almonds and nuts", 16, 8},
    Category{"Chocolate", 24, 9},  Category{"Sweets", 33, 8},       Category{"Biscuits", 41, 7},
    Category{"Gift boxes", 48, 7}, Category{"Seasonal", 55, 6},
};
static_assert(kCategories.back().first + kCategories.back().count == kProducts.size());

constexpr bool is_by_category() {
  for (const Category& c : kCategories)
    for (size_t i = 0; i < c.count; ++i)
      if (kProducts[c.first + i].category != c.name) return false;
  return true;
}
static_assert(is_by_category());

constexpr std::array kInterests = {
    Choice{"dragees", "Dragées", "Dragées"},
    Choice{"almond_sweets", "Almond sweets", "Douceurs aux amandes"},
    Choice{"nuts", "Almonds and nuts", "Amandes et fruits secs"},
    Choice{"chocolate", "Chocolate", "Chocolat"},
    Choice{"sweets", "Sweets", "Confiseries"},
    Choice{"biscuits", "Biscuits", "Biscuits"},
    Choice{"gifts", "Gift boxes", "Coffrets cadeaux"},
    Choice{"seasons", "Sweets of the season", "Douceurs de saison"},
};
constexpr std::array kLifeStages = {
    Choice{"student", "Student", "Études"},
    Choice{"couple", "Living as a couple", "En couple"},
    Choice{"young_family", "Young family", "Jeune famille"},
    Choice{"grandparent", "Grandparent", "Grand-parent"},
    Choice{"wedding", "Planning a wedding or a christening", "Un mariage ou un baptême en vue"},
};
constexpr std::array kCausesOfTheHeart = {
    Choice{"less_waste", "Less waste", "Moins de déchets"},
    Choice{"fair_trade", "Fair trade", "Commerce équitable"},
    Choice{"orchards", "Almond orchards of Provence", "Les vergers d’amandiers de Provence"},
};

constexpr std::array kCarriers = {
    Carrier{"Colibri", 0.55, 0.055, false},
    Carrier{"Poste du Midi", 0.30, 0.085, true},
    Carrier{"Vélocargo", 0.15, 0.12, true},
};

constexpr std::array kHelp = {
    Article{"H1", "When will my parcel come?", "delivery"},
    Article{"H2", "Which sweets are free of gluten?", "allergens"},
    Article{"H3", "How to get an invoice", "invoice"},
    Article{"H4", "Sending a gift with a card", "gift"},
    Article{"H5", "Returning an order", "delivery"},
    Article{"H6", "How long do dragées keep?", "allergens"},
    Article{"H7", "Paying in several ways", "invoice"},
    Article{"H8", "Delivery abroad", "delivery"},
};

constexpr std::array kStories = {
    Article{"A1", "How an almond becomes a dragée", "almonds"},
    Article{"A2", "Calissons: a wedding in Aix", "almonds"},
    Article{"A3", "Five sweets for the day after Christmas", "season"},
    Article{"A4", "Tasting chocolate like wine", "chocolate"},
    Article{"A5", "The harvest, tree by tree", "almonds"},
    Article{"A6", "A table for a baptism", "gift"},
};

constexpr std::array kDevices = {
    DeviceKind{"phone", "iOS", "Safari", 0.27},        DeviceKind{"phone", "Android", "Chrome", 0.24},
    DeviceKind{"desktop", "Windows", "Chrome", 0.16},  DeviceKind{"desktop", "Windows", "Edge", 0.06},
    DeviceKind{"desktop", "Windows", "Firefox", 0.15}, DeviceKind{"desktop", "Linux", "Firefox", 0.03},
    DeviceKind{"desktop", "macOS", "Safari", 0.06},    DeviceKind{"tablet", "iOS", "Safari", 0.03},
};

constexpr std::array kCauses = {
    Cause{"late", "Where is my parcel?", "It was promised for days ago and nothing has come.", true, "medium"},
    Cause{"lost", "My parcel never came", "I have waited for weeks. Please send it again or pay me back.", true,
          "high"},
    Cause{"damaged", "Broken on arrival", "The box was crushed and half of the sweets are crumbs.", true, "medium"},
    Cause{"wrong_item", "Not what I ordered", "I ordered something else than what was in the parcel.", true, "medium"},
    Cause{"out_of_stock", "You cancelled my order", "It was for a birthday, and now I have nothing.", true, "medium"},
    Cause{"checkout", "I cannot pay", "Your page shows an error each time I want to pay.", true, "high"},
    Cause{"delivery", "A question about delivery", "Can it be delivered on a Saturday?", false, "low"},
    Cause{"allergens", "Is there gluten in it?", "My daughter must not eat gluten. Which boxes are safe?", false,
          "low"},
    Cause{"invoice", "I need an invoice", "Could you send me an invoice for my company?", false, "low"},
    Cause{"gift", "Can you add a card?", "It is a present: can you put a card in it?", false, "low"},
};

constexpr std::array<std::string_view, 40> kFirst = {
    "Léa",   "Hugo",   "Chloé", "Louis",  "Manon",  "Jules",  "Inès",  "Adam",   "Zoé",    "Paul",
    "Alice", "Tom",    "Lina",  "Arthur", "Rose",   "Noé",    "Anna",  "Victor", "Jeanne", "Samuel",
    "Emily", "Oliver", "Grace", "Harry",  "Sophie", "George", "Isla",  "Jack",   "Ruby",   "Henry",
    "Nadia", "Karim",  "Elena", "Marco",  "Agnès",  "Bruno",  "Clara", "Denis",  "Fanny",  "Yann"};
constexpr std::array<std::string_view, 40> kLast = {
    "Martin", "Bernard",  "Petit",  "Durand", "Leroy",  "Moreau",  "Simon",    "Laurent", "Michel",   "Garcia",
    "Roux",   "Fournier", "Girard", "Bonnet", "Dupont", "Lambert", "Rousseau", "Vincent", "Muller",   "Faure",
    "Smith",  "Jones",    "Taylor", "Brown",  "Wilson", "Evans",   "Walker",   "Wright",  "Hughes",   "Green",
    "Benali", "Diallo",   "Rossi",  "Silva",  "Novak",  "Perrin",  "Morin",    "Clement", "Gauthier", "Chevalier"};
constexpr std::array<std::string_view, 12> kCities = {"Paris",    "Lyon",   "Marseille", "Aix-en-Provence",
                                                      "Lille",    "Nantes", "Bordeaux",  "Strasbourg",
                                                      "Toulouse", "Rennes", "Geneva",    "London"};
constexpr std::array<std::string_view, 12> kWords = {"dragées",        "calissons", "nougat",         "gift box",
                                                     "chocolate",      "pralines",  "macarons",       "caramel",
                                                     "without gluten", "wedding",   "salted almonds", "jellies"};
constexpr std::array<std::string_view, 8> kGlad = {
    "Delicious, and wrapped with care.", "Exactly as I hoped. Thank you!", "Arrived early, everybody loved them.",
    "The best almonds I know.",          "Très bon, livraison rapide.",    "A lovely present, I will come again.",
    "Parfait, comme toujours.",          "Fresh and not too sweet."};
constexpr std::array<std::string_view, 5> kPlain = {"Good, a little expensive.", "Fine, but the box was dented.",
                                                    "Tasty. Delivery could be faster.", "Correct, sans plus.",
                                                    "All right."};
constexpr std::array<std::string_view, 6> kSad = {"It came far too late.",          "Nobody answered me.",
                                                  "Half of it was broken.",         "Déçue, je ne commanderai plus.",
                                                  "Not what the picture promised.", "I had to ask three times."};
constexpr std::array<std::string_view, 8> kIdeas = {
    "A refill pack without the box",  "Dragées by the colour",    "Deliver on Saturdays",  "A box without nuts",
    "Choose the pralinés one by one", "Give points to a charity", "A calendar for Easter", "Smaller boxes to taste"};

}  // namespace

std::span<const Product> products() { return kProducts; }
std::span<const Choice> interests() { return kInterests; }
std::span<const Choice> life_stages() { return kLifeStages; }
std::span<const Choice> causes() { return kCausesOfTheHeart; }
std::span<const Category> categories() { return kCategories; }
std::span<const Carrier> carriers() { return kCarriers; }
std::span<const Article> help_articles() { return kHelp; }
std::span<const Article> stories() { return kStories; }
std::span<const DeviceKind> device_kinds() { return kDevices; }
const Cause& cause_of(Trouble trouble) { return kCauses[static_cast<size_t>(trouble)]; }
std::span<const std::string_view> first_names() { return kFirst; }
std::span<const std::string_view> last_names() { return kLast; }
std::span<const std::string_view> cities() { return kCities; }
std::span<const std::string_view> search_words() { return kWords; }
std::span<const std::string_view> glad_comments() { return kGlad; }
std::span<const std::string_view> plain_comments() { return kPlain; }
std::span<const std::string_view> sad_comments() { return kSad; }
std::span<const std::string_view> ideas() { return kIdeas; }

}  // namespace cairn::demo
