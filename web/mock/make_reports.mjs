/**
 * Writes the reports that the mock server and the tests use: made-up shops, the same at every run.
 *
 *   node mock/make_reports.mjs
 */
import { writeFileSync } from "node:fs";

const kFirstMonth = [2024, 9];
const kMonths = 26;

/** A small generator with a seed (mulberry32): the same shop each time. */
function chance(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const kLevels = [
  ["Inform", "finds the answer alone", "Informer", "fournir des informations utiles"],
  ["Resolve", "their own problem is solved, fast, by a person who knows them", "Résoudre", "résoudre un problème précis"],
  ["Respond", "the need behind the request is met, with a gesture", "Répondre", "répondre à un besoin exprimé"],
  ["Anticipate", "the right product or message at the right moment, never too often", "Anticiper", "anticiper un besoin formulé"],
  ["Foresee", "a trouble is fixed, a wish is met, before they say it", "Pressentir", "répondre à un besoin inconscient"],
  ["Empower", "they create, belong, and are recognised", "Grandir", "rendre le client plus fort et valorisé"],
];

// key, level, weight, unit, direction, floor, target, min n, value, n, spread (0 = not enough), English, French.
const kMeasures = [
  ["self_service", 1, 3, "share", "up", 0.2, 0.8, 100, 0.684, 5120, 0.05, "Self-service", "Help seekers with no ticket in the next 72 hours, of all help seekers.", "Autonomie", "Clients ayant cherché de l’aide et sans ticket dans les 72 heures, parmi tous ceux qui en ont cherché."],
  ["search_success", 1, 2, "share", "up", 0.4, 0.85, 100, 0.712, 3304, 0.05, "Search success", "Searches followed by an opened article, of all searches.", "Recherches abouties", "Recherches suivies de l’ouverture d’un article, parmi toutes les recherches."],
  ["contacts_per_100_orders", 1, 2, "per_100", "down", 30, 5, 200, 11.4, 6480, 2.5, "Contacts per 100 orders", "Tickets and chats for every 100 orders.", "Contacts pour 100 commandes", "Tickets et discussions pour 100 commandes."],
  ["article_helpful", 1, 2, "share", "up", 0.5, 0.85, 50, null, 21, 0, "Article found helpful", "Votes 'this helped', of all votes on articles.", "Articles jugés utiles", "Votes « cela m’a aidé », parmi tous les votes sur les articles."],
  ["ticket_csat", 2, 3, "share", "up", 0.6, 0.92, 30, 0.752, 612, 0.08, "Ticket CSAT", "Answers of 4 or 5 on 1–5 after a ticket, of all answers.", "Satisfaction après ticket", "Réponses de 4 ou 5 sur 5 après un ticket, parmi toutes les réponses."],
  ["first_reply", 2, 2, "hours", "down", 24, 1, 30, 3.6, 738, 1.6, "First reply", "Median business hours from a ticket's opening to the first reply by a person.", "Première réponse", "Médiane des heures ouvrées entre l’ouverture d’un ticket et la première réponse d’une personne."],
  ["resolution_time", 2, 2, "hours", "down", 72, 8, 30, 21.5, 701, 6, "Resolution time", "Median business hours from opening to solved.", "Délai de résolution", "Médiane des heures ouvrées entre l’ouverture et la résolution."],
  ["first_contact_resolution", 2, 2, "share", "up", 0.4, 0.8, 30, 0.634, 701, 0.07, "First-contact resolution", "Solved tickets with one reply and no reopening in 7 days, of all solved tickets.", "Résolution au premier contact", "Tickets résolus en une réponse, sans réouverture sous 7 jours, parmi les tickets résolus."],
  ["complaints_per_1000", 2, 1, "per_1000", "down", 40, 5, 1000, 14.2, 6480, 4, "Complaints per 1,000 orders", "Complaints for every 1,000 orders.", "Réclamations pour 1 000 commandes", "Réclamations pour 1 000 commandes."],
  ["recurrence", 2, 1, "share", "down", 0.3, 0.05, 30, null, 18, 0, "Recurrence", "Complainants with a second complaint of the same cause within 90 days.", "Récidive", "Clients ayant réclamé une seconde fois pour la même cause sous 90 jours."],
  ["order_csat", 3, 3, "share", "up", 0.6, 0.92, 50, 0.7436, 2871, 0.06, "Order CSAT", "Answers of 4 or 5 on 1–5 after a purchase or a delivery, of all answers.", "Satisfaction après commande", "Réponses de 4 ou 5 sur 5 après un achat ou une livraison, parmi toutes les réponses."],
  ["on_time", 3, 2, "share", "up", 0.8, 0.98, 200, 0.913, 5894, 0.03, "On time", "Orders delivered on or before the promised calendar day, of delivered orders with a promise.", "À l’heure", "Commandes livrées au plus tard le jour promis, parmi les commandes livrées avec une promesse."],
  ["return_rate", 3, 1, "share", "down", 0.3, 0.05, 200, 0.118, 6480, 0.03, "Return rate", "Orders with at least one return, of all orders.", "Taux de retour", "Commandes avec au moins un retour, parmi toutes les commandes."],
  ["need_met", 3, 2, "share", "up", 0.5, 0.9, 30, null, 0, 0, "Need met", "Answers 'my need was met' after a contact, of all answers.", "Besoin satisfait", "Réponses « mon besoin a été satisfait » après un contact, parmi toutes les réponses."],
  ["repeat_purchase_rate", 4, 2, "share", "up", 0.1, 0.45, 300, 0.312, 3942, 0.03, "Repeat purchase rate", "Customers with two orders or more, of those with one or more, over 12 months.", "Taux de réachat", "Clients avec deux commandes ou plus, parmi ceux qui en ont au moins une, sur 12 mois."],
  ["retention", 4, 2, "share", "up", 0.1, 0.5, 300, 0.268, 3120, 0.04, "Retention", "Customers who bought again within the purchase cycle.", "Fidélité", "Clients qui ont racheté dans le cycle d’achat."],
  ["opt_outs", 4, 1, "per_1000", "down", 10, 1, 1000, 3.1, 48210, 0.8, "Opt-outs per 1,000 messages", "Unsubscribes for every 1,000 messages delivered.", "Désinscriptions pour 1 000 messages", "Désinscriptions pour 1 000 messages délivrés."],
  ["participation", 4, 1, "share", "up", 0.05, 0.5, 300, 0.221, 3942, 0.03, "Participation", "Members of the programme, of all customers.", "Participation", "Membres du programme, parmi tous les clients."],
  ["incidents_foreseen", 5, 3, "share", "up", 0, 0.7, 5, null, 1, 0, "Incidents foreseen", "Incidents acted on before the first complaint.", "Incidents devancés", "Incidents traités avant la première réclamation."],
  ["churn_lift", 5, 2, "ratio", "up", 1, 4, 500, null, 0, 0, "Churn model lift", "How many times more leavers the model's top tenth holds than chance.", "Gain du modèle de départ", "Combien de fois plus de départs le premier dixième du modèle contient que le hasard."],
  ["reviews_per_100", 6, 1, "per_100", "up", 1, 15, 200, 8.3, 5894, 2, "Reviews per 100 orders", "Reviews for every 100 delivered orders.", "Avis pour 100 commandes", "Avis pour 100 commandes livrées."],
  ["nps", 6, 2, "score", "up", 0, 60, 100, 31.4, 884, 12, "NPS", "100 × (promoters 9–10 less detractors 0–6) / answers, on 0–10.", "NPS", "100 × (promoteurs 9–10 moins détracteurs 0–6) / réponses, sur 0–10."],
  ["referral", 6, 2, "share", "up", 0.01, 0.2, 200, 0.064, 1480, 0.02, "New customers by referral", "New customers who came by another's invitation.", "Nouveaux clients par parrainage", "Nouveaux clients venus par l’invitation d’un autre."],
  ["aov", null, null, "money", "up", null, null, 30, 58.42, 6480, 6, "Average order value", "Revenue divided by orders.", "Panier moyen", "Chiffre d’affaires divisé par le nombre de commandes."],
  ["days_between_orders", null, null, "days", "none", null, null, 30, 74.2, 2538, 9, "Time between orders", "Median days between two orders of one customer.", "Temps entre commandes", "Médiane des jours entre deux commandes d’un même client."],
  ["revenue", null, null, "money", "up", null, null, 1, 378561.6, 6480, 0, "Revenue", "What was paid, less orders cancelled or unavailable, less refunds.", "Chiffre d’affaires", "Ce qui a été payé, moins les commandes annulées ou indisponibles, moins les remboursements."],
];

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const bounds = (unit) => (unit === "share" ? [0, 1] : unit === "score" ? [-100, 100] : [0, Infinity]);
const trim = (value) => Number(value.toPrecision(6));

function trendOf(row, roll) {
  const [, , , unit, , , , , value, n, spread] = row;
  if (value === null) return [];
  const [least, most] = bounds(unit);
  const reach = spread || value * 0.08;
  return Array.from({ length: kMonths }, (_, index) => {
    const date = new Date(Date.UTC(kFirstMonth[0], kFirstMonth[1] - 1 + index, 1));
    const month = date.toISOString().slice(0, 7);
    const share = (0.35 + index / kMonths) / kMonths;
    const answers = Math.round(n * share * (0.8 + 0.5 * roll()));
    const monthly = unit === "money" && value > 10000 ? value / kMonths : value;
    const size = monthly === value ? reach : monthly * 0.25;
    const middle = clamp(monthly + size * (Math.sin(index / 4) * 0.6 + (index / kMonths - 0.5) + (roll() - 0.5) * 0.7), least, most);
    if (index === 6 && n < 700) return { month, value: null, n: 4, low: null, high: null };
    const half = spread ? size * (0.35 + 3.5 / Math.sqrt(answers + 4)) : 0;
    const [low, high] = [clamp(middle - half, least, most), clamp(middle + half, least, most)];
    return { month, value: trim(middle), n: answers, low: spread ? trim(low) : null, high: spread ? trim(high) : null };
  });
}

function measureOf(row, french, roll) {
  const [key, level, weight, unit, direction, floor, target, min_n, value, n, spread] = row;
  const enough = value !== null;
  const half = spread * 0.32;
  const score = enough && level !== null ? 100 * clamp((value - floor) / (target - floor), 0, 1) : null;
  const [least, most] = bounds(unit);
  const known = enough && spread > 0;
  const measure = {
    key,
    name: row[french ? 13 : 11],
    definition: row[french ? 14 : 12],
    unit, direction, value, n, min_n, enough,
    low: known ? trim(clamp(value - half, least, most)) : null,
    high: known ? trim(clamp(value + half, least, most)) : null,
    level, weight, floor, target,
    score: score === null ? null : trim(score),
    trend: trendOf(row, roll),
  };
  if (key === "order_csat" && enough) measure.parts = { 1: 241, 2: 158, 3: 337, 4: 872, 5: 1263 };
  return measure;
}

function levelOf(number, measures, french, customers, value) {
  const own = Object.values(measures).filter((measure) => measure.level === number);
  const known = own.filter((measure) => measure.score !== null);
  const weight = (list) => list.reduce((sum, measure) => sum + measure.weight, 0);
  const words = kLevels[number - 1];
  return {
    level: number,
    name: words[french ? 2 : 0],
    promise: words[french ? 3 : 1],
    score: known.length === 0 ? null : trim(known.reduce((sum, each) => sum + each.score * each.weight, 0) / weight(known)),
    weight_measured: trim(weight(known) / Math.max(1, weight(own))),
    measures: own.map((measure) => measure.key),
    customers,
    value,
  };
}

function altitudeOf(levels) {
  let product = 1;
  return levels.filter((level) => level.score !== null).reduce((sum, level) => {
    product *= Math.min(1, level.score / 70);
    return sum + product;
  }, 0);
}

const kNext = {
  ticket_csat: ["Bring ticket CSAT to its next tenth: ask why the 1s and 2s were given, and call those customers back.", "Porter la satisfaction après ticket au dixième suivant : demander la raison des notes 1 et 2, et rappeler ces clients."],
  resolution_time: ["Halve the time to a solution: most waiting is for the warehouse's answer.", "Réduire de moitié le délai de résolution : l’attente vient surtout de la réponse de l’entrepôt."],
  order_csat: ["Raise order CSAT: nine in ten low answers speak of the delivery.", "Relever la satisfaction après commande : neuf réponses basses sur dix parlent de la livraison."],
  on_time: ["Deliver on the promised day: promise one day later where the carrier is often late.", "Livrer au jour promis : promettre un jour de plus là où le transporteur est souvent en retard."],
  retention: ["Bring customers back within their purchase cycle of 74 days.", "Faire revenir les clients dans leur cycle d’achat de 74 jours."],
};

const kConnect = [
  ["Connect the help centre and the site's search.", "Connecter le centre d’aide et la recherche du site."],
  ["Connect the inbox: tickets and their surveys.", "Connecter la messagerie : les tickets et leurs enquêtes."],
  ["Connect orders, deliveries and the survey after a purchase.", "Connecter les commandes, les livraisons et l’enquête après l’achat."],
  ["Connect messages and the loyalty programme.", "Connecter les messages et le programme de fidélité."],
  ["Connect stock and incident alerts, and let the churn model learn from 500 customers.", "Connecter les alertes de stock et d’incident, et laisser le modèle de départ apprendre sur 500 clients."],
  ["Connect reviews, referrals and an NPS survey.", "Connecter les avis, les parrainages et une enquête NPS."],
];

function nextOf(levels, measures, altitude, french) {
  const steps = Object.keys(kNext).filter((key) => measures[key]?.enough).map((key) => {
    const measure = measures[key];
    const better = levels.map((level) => {
      if (level.level !== measure.level) return level;
      const known = level.measures.map((name) => measures[name]).filter((each) => each.score !== null);
      const total = known.reduce((sum, each) => sum + each.weight, 0);
      return { ...level, score: level.score + ((100 - measure.score) * measure.weight) / total };
    });
    return {
      do: "improve", level: measure.level, measure: key, name: measure.name, text: kNext[key][french ? 1 : 0],
      from: measure.value, to: measure.target, gain: trim(altitudeOf(better) - altitude),
      customers: Math.round(measure.n * 0.26), value: trim(measure.n * 14.3),
    };
  }).filter((step) => step.gain > 0.005).sort((a, b) => b.gain - a.gain);
  const connect = levels.filter((level) => level.score === null).map((level) => ({
    do: "connect", level: level.level, measure: level.measures[0], name: level.name,
    text: kConnect[level.level - 1][french ? 1 : 0], from: null, to: null, gain: null, customers: null, value: null,
  }));
  return [...steps, ...connect];
}

function sentenceOf(levels, altitude, measured, french) {
  const missing = levels.filter((level) => level.score === null).map((level) => level.name).join(", ");
  const figure = altitude.toFixed(1);
  if (french) {
    const tail = missing ? ` (${missing} : non connectés)` : "";
    return `Altitude ${figure.replace(".", ",")} sur ${measured} niveaux mesurés${tail}`;
  }
  return `Altitude ${figure} of ${measured} measured levels${missing ? ` (${missing}: not connected)` : ""}`;
}

function latenessOf(french, empty) {
  const group = (name, words, orders, answers, csat, low, high, mean) =>
    ({ group: name, name: words[french ? 1 : 0], orders, answers, csat, low, high, mean });
  const nothing = [0, 0, null, null, null, null];
  return {
    groups: [
      group("on_time", ["On time", "À l’heure"], ...(empty ? nothing : [5381, 2404, 0.8123, 0.796, 0.8274, 4.21])),
      group("late", ["Late", "En retard"], ...(empty ? nothing : [513, 288, 0.3576, 0.3045, 0.4145, 2.74])),
      group("never_delivered", ["Never delivered", "Jamais livrées"], ...(empty ? nothing : [121, 64, 0.1406, 0.0755, 0.2466, 1.86])),
    ],
    before_delivery: group("before_delivery", ["Answered before the delivery", "Réponses avant la livraison"],
      ...(empty ? nothing : [231, 115, 0.5826, 0.4914, 0.6685, 3.42])),
    sentence: french
      ? "Une livraison à l’heure est associée à 81 % de clients satisfaits, une livraison en retard à 36 %."
      : "An on-time delivery is associated with 81 % of satisfied customers, a late one with 36 %.",
  };
}

/** `connected` lists the levels whose measures have data. */
function report(language, connected) {
  const french = language === "fr";
  const empty = connected.length === 0;
  const roll = chance(7);
  const measures = Object.fromEntries(kMeasures.map((row) => {
    const off = row[1] === null ? empty : !connected.includes(row[1]);
    const used = off ? row.map((field, index) => (index === 8 ? null : index === 9 ? 0 : field)) : row;
    return [row[0], measureOf(used, french, roll)];
  }));
  const people = [[1842, 96120.4], [604, 41280.1], [1377, 118402.7], [688, 84210.9], [0, 0], [312, 52110.2]];
  const levels = people.map(([customers, value], index) =>
    levelOf(index + 1, measures, french, empty ? 0 : customers, empty ? 0 : value));
  const measured = levels.filter((level) => level.score !== null).length;
  const altitude = altitudeOf(levels);
  return {
    brand: { name: french ? "La Boutique Almande" : "Almande Shop", currency: "EUR", zone: "Europe/Paris" },
    period: {
      since: null,
      until: empty ? "2026-11-20T09:00:00Z" : "2026-10-29T20:15:11Z",
      until_is: "now",
      first_event: empty ? null : "2024-09-02T07:12:03Z",
      newest_event: empty ? null : "2026-10-29T20:14:58Z",
    },
    counts: empty ? { events: 0, customers: 0, orders: 0 } : {
      answers: 4367, cancelled: 471, carts: 14022, comments: 1322, customers: 6241, deliveries: 5894, events: 184213,
      help_searches: 3304, late: 513, members: 1379, messages: 0, orders: 6480, returns: 742, reviews: 2871, tickets: 738,
    },
    money: empty ? { currency: "EUR", paid: 0, cancelled: 0, refunded: 0, revenue: 0 } : {
      currency: "EUR", paid: 431208.55, paid_minor: 43120855, cancelled: 31240.1, cancelled_minor: 3124010,
      refunded: 21406.85, refunded_minor: 2140685, revenue: 378561.6, revenue_minor: 37856160,
      unknown_currency: 2,
    },
    pyramid: {
      altitude: trim(altitude), low: empty ? null : trim(altitude - 0.14), high: empty ? null : trim(altitude + 0.13),
      measured, levels,
      fragile: empty ? { customers: 0, value: 0 } : { customers: 421, value: 22104.3 },
      away: empty ? { customers: 0, value: 0 } : { customers: 997, value: 38120.5 },
      unplaced: empty ? { customers: 0, value: 0 } : { customers: 214, value: 0 },
      sentence: sentenceOf(levels, altitude, measured, french),
      next: nextOf(levels, measures, altitude, french),
    },
    measures,
    lateness: latenessOf(french, empty || !connected.includes(3)),
  };
}

/** One month of a trend a line: a change of the made-up data stays readable. */
function write(name, data) {
  const text = JSON.stringify(data, null, 1).replace(/\{\s+"month":[^}]+\}/g, (point) => point.replace(/\s+/g, " "));
  writeFileSync(new URL(name, import.meta.url), `${text}\n`);
}

write("report.en.json", report("en", [1, 2, 3, 4, 6]));
write("report.fr.json", report("fr", [1, 2, 3, 4, 6]));
write("report.partial.en.json", report("en", [3, 4, 6]));
write("report.partial.fr.json", report("fr", [3, 4, 6]));
write("report.empty.json", report("en", []));
