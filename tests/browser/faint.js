// Returns how many elements are shown, and those whose text stands out less from what is behind
// it than WCAG 2.2, 1.4.3, asks for.
() => {
  const numbers = (colour) => colour.match(/[\d.]+/g).map(Number);

  const luminance = (colour) => {
    const [red, green, blue] = numbers(colour).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };

  const behind = (element) => {
    const colour = getComputedStyle(element).backgroundColor;
    const isThere = (numbers(colour)[3] ?? 1) > 0;
    return isThere || !element.parentElement ? colour : behind(element.parentElement);
  };

  const hasText = (element) =>
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());

  const isFaint = (element) => {
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    const both = [luminance(style.color), luminance(behind(element))];
    return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05) < (isLarge ? 3 : 4.5);
  };

  const shown = [...document.body.querySelectorAll("*")].filter((one) => one.checkVisibility());
  const faint = shown.filter((element) => hasText(element) && isFaint(element));
  return [shown.length, faint.map((element) => element.outerHTML.slice(0, 200))];
}
