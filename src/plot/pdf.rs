//! SVG → PDF of one page: paths, hatchings and colour scales as they are; letters as outlines, so that
//! no font is needed. Same SVG, same bytes: nothing in it knows the clock.

use super::font::tree;
use pdf_writer::types::{FunctionShadingType, LineCapStyle, LineJoinStyle, PaintType, TilingType};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, TextStr};
use resvg::tiny_skia::{Path, PathSegment, Transform};
use resvg::usvg::{
    Color, Fill, FillRule, Group, LineCap, LineJoin, LinearGradient, Node, Paint, PaintOrder, Path as Shape, Pattern,
    Stop, Stroke, Tree,
};

/// Points, 1/72 inch, in a CSS pixel.
const POINT: f32 = 0.75;
const CATALOG: i32 = 1;
const PAGES: i32 = 2;
const PAGE: i32 = 3;
const CONTENT: i32 = 4;
const RESOURCES: i32 = 5;
const INFO: i32 = 6;

/// The picture on a page of its size.
///
/// # Errors
/// Where `svg` is no SVG, or holds what no picture of ours does.
pub fn pdf(svg: &str, title: &str) -> Result<Vec<u8>, String> {
    let tree = tree(svg)?;
    let [width, height] = [tree.size().width(), tree.size().height()].map(|length| POINT * length);
    let mut writer = Writer { pdf: Pdf::new(), last: INFO, patterns: Vec::new(), opacities: Vec::new() };
    // PDF counts from the bottom up.
    let base = Transform::from_row(POINT, 0.0, 0.0, -POINT, 0.0, height);
    let content = writer.page(&tree, base)?;
    let bytes = compressed(&content);
    let id = Ref::new;
    writer.pdf.catalog(id(CATALOG)).pages(id(PAGES));
    writer.pdf.pages(id(PAGES)).kids([id(PAGE)]).count(1);
    let mut page = writer.pdf.page(id(PAGE));
    page.parent(id(PAGES)).media_box(Rect::new(0.0, 0.0, width, height)).contents(id(CONTENT));
    page.pair(Name(b"Resources"), id(RESOURCES));
    page.finish();
    writer.pdf.stream(id(CONTENT), &bytes).filter(Filter::FlateDecode);
    let mut resources = writer.pdf.indirect(id(RESOURCES)).dict();
    let mut patterns = resources.insert(Name(b"Pattern")).dict();
    for (_, name, pattern) in &writer.patterns {
        patterns.pair(Name(name.as_bytes()), *pattern);
    }
    patterns.finish();
    let mut states = resources.insert(Name(b"ExtGState")).dict();
    for (_, name, state) in &writer.opacities {
        states.pair(Name(name.as_bytes()), *state);
    }
    states.finish();
    resources.finish();
    writer.pdf.document_info(id(INFO)).title(TextStr(title)).creator(TextStr("catchup"));
    Ok(writer.pdf.finish())
}

fn compressed(content: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(content, 6)
}

fn matrix(transform: Transform) -> [f32; 6] {
    let Transform { sx, kx, ky, sy, tx, ty } = transform;
    [sx, ky, kx, sy, tx, ty]
}

fn rgb(colour: Color) -> [f32; 3] {
    [colour.red, colour.green, colour.blue].map(|channel| f32::from(channel) / 255.0)
}

/// Objects of the document so far: each with what it is known by, its name in the resources, and its number.
struct Writer {
    pdf: Pdf,
    last: i32,
    patterns: Vec<(String, String, Ref)>,
    opacities: Vec<([f32; 2], String, Ref)>,
}

impl Writer {
    fn next(&mut self) -> Ref {
        self.last += 1;
        Ref::new(self.last)
    }

    fn page(&mut self, tree: &Tree, base: Transform) -> Result<Vec<u8>, String> {
        let mut content = Content::new();
        content.save_state().transform(matrix(base));
        self.group(&mut content, tree.root(), base)?;
        content.restore_state();
        Ok(content.finish().to_vec())
    }

    /// Everything in a group; `base` leads from the group's root to the page.
    fn group(&mut self, content: &mut Content, group: &Group, base: Transform) -> Result<(), String> {
        if group.mask().is_some() || !group.filters().is_empty() || group.opacity().get() < 1.0 {
            return Err("a mask, a filter or a translucent group has no place in a PDF of ours".to_owned());
        }
        content.save_state();
        if !group.transform().is_identity() {
            content.transform(matrix(group.transform()));
        }
        if let Some(clip) = group.clip_path() {
            for node in clip.root().children() {
                if let Node::Path(path) = node {
                    outline(content, path.data());
                }
            }
            content.clip_nonzero().end_path();
        }
        for node in group.children() {
            match node {
                Node::Group(group) => self.group(content, group, base)?,
                Node::Path(path) => self.shape(content, path, base),
                Node::Text(text) => self.group(content, text.flattened(), base)?,
                Node::Image(_) => return Err("an image has no place in a PDF of ours".to_owned()),
            }
        }
        content.restore_state();
        Ok(())
    }

    fn shape(&mut self, content: &mut Content, shape: &Shape, base: Transform) {
        if !shape.is_visible() {
            return;
        }
        let to_page = base.pre_concat(shape.abs_transform());
        let order = match shape.paint_order() {
            PaintOrder::FillAndStroke => [true, false],
            PaintOrder::StrokeAndFill => [false, true],
        };
        for fills in order {
            content.save_state();
            match (fills, shape.fill(), shape.stroke()) {
                (true, Some(fill), _) => self.fill(content, shape, fill, to_page),
                (false, _, Some(stroke)) => self.stroke(content, shape, stroke, to_page),
                _ => {}
            }
            content.restore_state();
        }
    }

    fn fill(&mut self, content: &mut Content, shape: &Shape, fill: &Fill, to_page: Transform) {
        self.opacity(content, [fill.opacity().get(), 1.0]);
        match fill.paint() {
            Paint::Color(colour) => {
                let [r, g, b] = rgb(*colour);
                content.set_fill_rgb(r, g, b);
            }
            paint => {
                let name = self.pattern(paint, to_page);
                content.set_fill_color_space(pdf_writer::types::ColorSpaceOperand::Pattern);
                content.set_fill_pattern([], Name(name.as_bytes()));
            }
        }
        outline(content, shape.data());
        match fill.rule() {
            FillRule::NonZero => content.fill_nonzero(),
            FillRule::EvenOdd => content.fill_even_odd(),
        };
    }

    fn stroke(&mut self, content: &mut Content, shape: &Shape, stroke: &Stroke, to_page: Transform) {
        self.opacity(content, [1.0, stroke.opacity().get()]);
        match stroke.paint() {
            Paint::Color(colour) => {
                let [r, g, b] = rgb(*colour);
                content.set_stroke_rgb(r, g, b);
            }
            paint => {
                let name = self.pattern(paint, to_page);
                content.set_stroke_color_space(pdf_writer::types::ColorSpaceOperand::Pattern);
                content.set_stroke_pattern([], Name(name.as_bytes()));
            }
        }
        content.set_line_width(stroke.width().get()).set_miter_limit(stroke.miterlimit().get());
        content.set_line_cap(match stroke.linecap() {
            LineCap::Butt => LineCapStyle::ButtCap,
            LineCap::Round => LineCapStyle::RoundCap,
            LineCap::Square => LineCapStyle::ProjectingSquareCap,
        });
        content.set_line_join(match stroke.linejoin() {
            LineJoin::Miter | LineJoin::MiterClip => LineJoinStyle::MiterJoin,
            LineJoin::Round => LineJoinStyle::RoundJoin,
            LineJoin::Bevel => LineJoinStyle::BevelJoin,
        });
        if let Some(dashes) = stroke.dasharray() {
            content.set_dash_pattern(dashes.iter().copied(), stroke.dashoffset());
        }
        outline(content, shape.data());
        content.stroke();
    }

    /// Opacity of fills and strokes from here on.
    fn opacity(&mut self, content: &mut Content, [fill, stroke]: [f32; 2]) {
        if fill >= 1.0 && stroke >= 1.0 {
            return;
        }
        let known = self.opacities.iter().find(|(known, ..)| *known == [fill, stroke]).map(|(_, name, _)| name.clone());
        let name = known.unwrap_or_else(|| {
            let (name, id) = (format!("o{}", self.opacities.len()), self.next());
            self.pdf.ext_graphics(id).non_stroking_alpha(fill).stroking_alpha(stroke);
            self.opacities.push(([fill, stroke], name.clone(), id));
            name
        });
        content.set_parameters(Name(name.as_bytes()));
    }

    /// Name of a hatching or a scale of colours, on paths that `to_page` leads to the page.
    fn pattern(&mut self, paint: &Paint, to_page: Transform) -> String {
        let key = match paint {
            Paint::Pattern(pattern) => format!("{} {to_page:?}", pattern.id()),
            Paint::LinearGradient(gradient) => {
                let ends = [gradient.x1(), gradient.x2(), gradient.y1(), gradient.y2()];
                format!("{} {ends:?} {:?} {to_page:?}", gradient.id(), gradient.transform())
            }
            Paint::RadialGradient(_) | Paint::Color(_) => String::new(),
        };
        if let Some((_, name, _)) = self.patterns.iter().find(|(known, ..)| *known == key) {
            return name.clone();
        }
        let id = self.next();
        let name = format!("p{}", self.patterns.len());
        self.patterns.push((key, name.clone(), id));
        match paint {
            Paint::Pattern(pattern) => self.tiles(id, pattern, to_page),
            Paint::LinearGradient(gradient) => self.gradient(id, gradient, to_page),
            Paint::RadialGradient(_) | Paint::Color(_) => {}
        }
        name
    }

    fn tiles(&mut self, id: Ref, pattern: &Pattern, to_page: Transform) {
        let rect = pattern.rect();
        let place = to_page.pre_concat(pattern.transform()).pre_concat(Transform::from_translate(rect.x(), rect.y()));
        let mut content = Content::new();
        // Only what a picture of ours hatches with is in it.
        let _ = self.group(&mut content, pattern.root(), place);
        let bytes = compressed(&content.finish());
        let mut tiles = self.pdf.tiling_pattern(id, &bytes);
        tiles.paint_type(PaintType::Colored).tiling_type(TilingType::ConstantSpacing);
        tiles.bbox(Rect::new(0.0, 0.0, rect.width(), rect.height())).x_step(rect.width()).y_step(rect.height());
        tiles.matrix(matrix(place));
        tiles.pair(Name(b"Resources"), Ref::new(RESOURCES));
        tiles.filter(Filter::FlateDecode);
    }

    fn gradient(&mut self, id: Ref, gradient: &LinearGradient, to_page: Transform) {
        let stops = gradient.stops();
        let function = self.next();
        let pieces: Vec<Ref> = stops.windows(2).map(|_| self.next()).collect();
        let channels = |stop: &Stop| rgb(stop.color());
        for (piece, pair) in pieces.iter().zip(stops.windows(2)) {
            let mut part = self.pdf.exponential_function(*piece);
            part.domain([0.0, 1.0]).c0(channels(&pair[0])).c1(channels(&pair[1])).n(1.0);
        }
        let inner = stops.get(1..stops.len().saturating_sub(1)).unwrap_or_default();
        let mut whole = self.pdf.stitching_function(function);
        whole.domain([0.0, 1.0]).functions(pieces.iter().copied());
        whole.bounds(inner.iter().map(|stop| stop.offset().get()));
        whole.encode(pieces.iter().flat_map(|_| [0.0, 1.0]));
        whole.finish();
        let mut pattern = self.pdf.shading_pattern(id);
        pattern.matrix(matrix(to_page.pre_concat(gradient.transform())));
        let mut shading = pattern.function_shading();
        shading.shading_type(FunctionShadingType::Axial).function(function).extend([true, true]);
        shading.coords([gradient.x1(), gradient.y1(), gradient.x2(), gradient.y2()]);
        shading.color_space().device_rgb();
    }
}

fn outline(content: &mut Content, path: &Path) {
    let mut last = (0.0, 0.0);
    for segment in path.segments() {
        match segment {
            PathSegment::MoveTo(to) => {
                content.move_to(to.x, to.y);
                last = (to.x, to.y);
            }
            PathSegment::LineTo(to) => {
                content.line_to(to.x, to.y);
                last = (to.x, to.y);
            }
            PathSegment::QuadTo(by, to) => {
                // The cubic curve that is the same.
                let toward = |from: f32, to: f32| from + 2.0 / 3.0 * (to - from);
                let (a, b) = ((toward(last.0, by.x), toward(last.1, by.y)), (toward(to.x, by.x), toward(to.y, by.y)));
                content.cubic_to(a.0, a.1, b.0, b.1, to.x, to.y);
                last = (to.x, to.y);
            }
            PathSegment::CubicTo(a, b, to) => {
                content.cubic_to(a.x, a.y, b.x, b.y, to.x, to.y);
                last = (to.x, to.y);
            }
            PathSegment::Close => {
                content.close_path();
            }
        }
    }
}
